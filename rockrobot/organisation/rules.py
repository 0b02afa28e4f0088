"""The first organisation's data, as its privacy statement gives it."""

from typing import Any

FIRST_ORGANISATION: dict[str, Any] = {
    "name": "Rockrobot Oy",
    "brand": "Stonepower",
    "business_id": "2583133-7",
    "visiting_street": "Skaffarinkatu 7",
    "visiting_postcode": "32800",
    "visiting_city": "Kokemäki",
    "postal_street": "Vesimyllynkatu 2",
    "postal_postcode": "33310",
    "postal_city": "Tampere",
    "country": "FI",
    "contact_person": "Petri Lehtinen",
    "phone": "+358 40 588 2755",
    "email": "info@stonepower.fi",
    "website": "stonepower.fi",
}
