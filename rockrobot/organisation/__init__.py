"""The controller, its contact person and settings (statement: Rekisterinpitäjä, Yhteyshenkilö, tarkoitus)."""
