"""Rockrobot: the customer, device and recall register. Lists the rooms; nothing imports it."""

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from flask import Flask
from flask_babel import Babel
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from pyrage.x25519 import Recipient
from werkzeug.middleware.proxy_fix import ProxyFix

from rockrobot import (
    access,
    browser_key,
    capture,
    cli,
    cross_site,
    errors,
    languages,
    navigation,
    screen_words,
    search_upkeep,
    told_length,
    transfer,
    web,
)
from rockrobot.converters import RowIdConverter, TextConverter
from rockrobot.db import db, engine_options, sqlite_file
from rockrobot.origin import Network, RealOrigin
from rockrobot.private_files import close_folder
from rockrobot.virus_scan import Address

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent
ROOM_NAMES = (
    "organisation",
    "staff",
    "throttles",
    "passwords",
    "second_factors",
    "passkeys",
    "drafts",
    "staff_devices",
    "networks",
    "own_account",
    "purposes",
    "dual_control",
    "contacts",
    "contact_points",
    "names",
    "traits",
    "likeness",
    "affiliations",
    "addresses",
    "companies",
    "people",
    "duplicates",
    "fingerprints",
    "objections",
    "parts",
    "devices",
    "worksites",
    "tags",
    "selections",
    "saved_filters",
    "owners",
    "catalogue",
    "events",
    "attachments",
    "letters",
    "mailing",
    "exports",
    "device_lists",
    "calendars",
    "digests",
    "exchange",
    "party_facts",
    "import_plans",
    "uploads",
    "imports",
    "full_exports",
    "contact_columns",
    "contact_cells",
    "contact_cards",
    "contact_rows",
    "contact_matches",
    "contact_changes",
    "contact_likeness",
    "contact_files",
    "enquiries",
    "importers",
    "referrals",
    "wordings",
    "serials",
    "traces",
    "notices",
    "recalls",
    "scopes",
    "recipients",
    "letter_parts",
    "approvals",
    "case_letters",
    "attempts",
    "dispatches",
    "replies",
    "follow_ups",
    "effectiveness",
    "checks",
    "reports",
    "readiness",
    "safeguards",
    "deadlines",
    "privacy_requests",
    "answers",
    "erasures",
    "decisions",
    "comparisons",
    "merges",
    "prints",
    "trash",
    "bulk",
    "evidence",
    "desk",
    "histories",
    "viewings",
)


def _shelves(name: str) -> Iterator[ModuleType]:
    """The rooms' modules of this name, in the order of the rooms; rooms without it are passed over."""
    for room in ROOM_NAMES:
        if (PACKAGE / room / f"{name}.py").exists():
            yield import_module(f"rockrobot.{room}.{name}")


class Settings(Protocol):
    """What create_app needs to know; config.Config has it."""

    secret_key: str
    earlier_secret_keys: tuple[str, ...]
    data_dir: Path
    database_url: str
    is_demo: bool
    is_https: bool
    is_development: bool
    is_testing: bool
    base_url: str
    smtp_url: str
    mail_from: str
    proxy_hops: int
    proxies: tuple[Network, ...]
    trusted_hosts: list[str]
    max_upload_bytes: int
    daily_upload_bytes: int
    disk_floor_bytes: int
    clamd: Address | None
    backup_recipient: Recipient | None
    session_idle_minutes: int
    session_hours: int
    needs_second_factor: bool


def _flask_settings(settings: Any) -> dict[str, Any]:
    prefix = "__Host-" if settings.is_https else ""
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.earlier_secret_keys),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database_url),
        "TESTING": settings.is_testing,
        "PROPAGATE_FAULTS": settings.is_testing,
        "IS_DEMO": settings.is_demo,
        "IS_DEVELOPMENT": settings.is_development,
        "DATA_DIR": settings.data_dir,
        "BASE_URL": settings.base_url,
        "TRUSTED_HOSTS": settings.trusted_hosts,
        "PROXY_HOPS": settings.proxy_hops,
        "SMTP_URL": settings.smtp_url,
        "MAIL_FROM": settings.mail_from,
        "MAX_CONTENT_LENGTH": settings.max_upload_bytes,
        "DAILY_UPLOAD_BYTES": settings.daily_upload_bytes,
        "DISK_FLOOR_BYTES": settings.disk_floor_bytes,
        "CLAMD": settings.clamd,
        "BACKUP_RECIPIENT": settings.backup_recipient,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "SESSION_COOKIE_NAME": f"{prefix}rockrobot",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_IDLE": timedelta(minutes=settings.session_idle_minutes),
        "SESSION_LENGTH": timedelta(hours=settings.session_hours),
        "SECOND_FACTOR_REQUIRED": settings.needs_second_factor,
        "WTF_CSRF_TIME_LIMIT": int(browser_key.REMEMBERED.total_seconds()),
        "BABEL_DEFAULT_LOCALE": languages.SOURCE,
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
        "BABEL_DEFAULT_TIMEZONE": "Europe/Helsinki",
    }


def _behind_proxies(wsgi_app: Any, settings: Any) -> ProxyFix:
    """The app that believes of the headers of proxies what the named ones, exactly counted, say."""
    hops = settings.proxy_hops
    real = RealOrigin(wsgi_app, hops=hops, proxies=settings.proxies)
    return ProxyFix(real, x_for=0, x_proto=hops, x_host=hops)


def create_app(settings: Any) -> Flask:
    """Build the app from its settings (config.Config)."""
    app = Flask(__name__, root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.config.update(_flask_settings(settings))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    close_folder(settings.data_dir, sqlite_file(settings.database_url))
    list(_shelves("models"))
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    Babel(app, locale_selector=languages.current)
    screen_words.init_app(app)
    app.after_request(web.add_headers)  # first, since what is registered first runs last: on what others answer instead
    app.url_map.converters.update({"int": RowIdConverter, "string": TextConverter, "default": TextConverter})
    told_length.init_app(app)
    cross_site.init_app(app)
    access.init_app(app)
    CSRFProtect(app)
    capture.init_app(app)
    search_upkeep.init_app(app)
    navigation.init_app(app)
    for shelf in _shelves("views"):
        app.register_blueprint(shelf.blueprint)
    web.init_app(app)
    errors.init_app(app)
    transfer.init_app(app)
    cli.init_app(app)
    app.wsgi_app = _behind_proxies(app.wsgi_app, settings)  # type: ignore[method-assign]
    return app
