"""Two workers of one machine never share a slot."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from hub.errors import HubError
from hub.runtime.checks import free_bytes
from hub.runtime.slot_lock import hold_slot


def test_a_slot_is_held_once_and_named_with_the_process_that_holds_it(tmp_path: Path) -> None:
    with (
        hold_slot(tmp_path / "data", "a.", "0", ["city", "sensing"]),
        pytest.raises(HubError, match=f"process {os.getpid()} runs the sensing steps in slot 0") as refused,
        hold_slot(tmp_path / "data", "a.", "0", ["sensing"]),
    ):
        raise AssertionError("the slot was given twice")
    assert "HUB_SLOT" in refused.value.fix


def test_other_slots_steps_and_deployments_are_free_and_a_slot_is_free_again(tmp_path: Path) -> None:
    with (
        hold_slot(tmp_path, "a.", "0", ["city"]),
        hold_slot(tmp_path, "a.", "1", ["city"]),
        hold_slot(tmp_path, "a.", "0", ["sensing"]),
        hold_slot(tmp_path, "b.", "0", ["city"]),
    ):
        pass
    with hold_slot(tmp_path, "a.", "0", ["city"]):
        pass


def test_a_folder_that_can_not_be_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert free_bytes(tmp_path / "file" / "data") is None
    with pytest.raises(HubError, match="can't be written"), hold_slot(tmp_path / "file", "", "0", ["city"]):
        pass


def test_a_full_disk_is_said_so_and_holds_no_slot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with (
            pytest.raises(HubError, match=r"data folder .* No space left"),
            hold_slot(tmp_path, "", "0", ["city"]),
        ):
            raise AssertionError("the slot was given on a full disk")
    with hold_slot(tmp_path, "", "0", ["city"]):
        pass


def test_the_room_of_a_folder_that_is_not_made_yet(tmp_path: Path) -> None:
    assert (free_bytes(tmp_path / "not" / "yet") or 0) > 0
