"""The controller, its contact person, purposes and settings (statement: Rekisterinpitäjä, Yhteyshenkilö, Käsittelyn tarkoitus)."""
