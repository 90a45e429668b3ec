"""The settings page and the compose file speak of settings that exist."""

from __future__ import annotations

import re
from pathlib import Path

from adapters.settings import PREFIX, Settings
from tools import settings_table

ROOT = Path(__file__).resolve().parents[2]
NOT_SETTINGS = {
    "CLAIMLINE_VERSION",
    "CLAIMLINE_DATA",
    "CLAIMLINE_IDENTITY_KEY",
    "CLAIMLINE_SECRETS_DIR",
    "CLAIMLINE_CODEC_ENDPOINT",
}
"""What compose alone reads (the tag of the image, where the UI finds the codec server), what starter.py reads besides, and
the folder of secrets that settings are read from."""


def test_the_settings_page_is_current() -> None:
    assert settings_table.TARGET.read_text(encoding="utf-8") == settings_table.page(), "run `make docs`"


def test_compose_sets_only_what_the_worker_reads() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | NOT_SETTINGS
    for name in ("docker-compose.yml", ".env.example"):
        named = set(re.findall(r"CLAIMLINE_[A-Z0-9_]+", (ROOT / name).read_text(encoding="utf-8")))
        assert named <= known, f"{name}: {sorted(named - known)}"
