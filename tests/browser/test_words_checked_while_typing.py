"""Words that a review should not use, shown in a real browser while somebody types."""

import json
from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Browser
from seats import DESKTOP, seat
from temporalio.client import Client

from activities.directory import read_directory
from desk.web import findings
from desk.web.app import web_app
from desk.web.serving import make_desk, served
from desk.web.sessions import cookie_name
from domain.incident import IncidentEvent
from domain.record import Fact, Recording
from records import desk_sessions
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring
from settings import ScratchSettings
from simulated import free_port

ROOT = Path(__file__).parents[2]
A_FORM = """url => {
  const script = document.createElement("script");
  script.type = "module";
  script.src = document.querySelector('script[src$="desk.js"]').src.replace("desk.js", "text-check.js");
  const form = document.createElement("form");
  form.dataset.textCheck = url;
  form.append(document.querySelector('[name="form_token"]').cloneNode(), document.createElement("textarea"));
  form.lastChild.setAttribute("aria-label", "What happened");
  document.querySelector("main").append(form);
  document.head.append(script);
}"""
SELECTED = "box => box.value.slice(box.selectionStart, box.selectionEnd)"


async def test_words_are_marked_below_the_box_and_what_was_typed_stays_text(chromium: Browser, tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'record.db'}")
    upgrade(engine)
    record = Record(engine, create_keyring(tmp_path / "keyring.json"), lambda board, at, urgent: at)
    event = IncidentEvent.model_validate(json.loads((ROOT / "examples" / "incident.json").read_text("utf-8")))
    told = Fact(kind="incident-notified", at=datetime.now(UTC), detail={"event": event.model_dump(mode="json")})
    record.write(
        Recording(
            case=event.case, stage=event.case.workflow_id, sequence=1, at=told.at, stage_title="Case", facts=(told,)
        )
    )
    settings = ScratchSettings(var_dir=tmp_path, desk_port=free_port())
    directory = read_directory(ROOT / "directory.toml")
    desk = make_desk(settings, record, lambda: directory, _no_server)
    desk_sessions.begin(record, "a-token", event.case.board, "nb-manager", datetime.now(UTC))
    who = await seat(chromium, "", DESKTOP)
    await who.context.add_cookies([{"name": cookie_name(desk), "value": "a-token", "url": settings.desk_url}])
    async with served(web_app(desk, more=findings.routes), settings.desk_port):
        case = f"/cases/{event.case.board}/{event.case.reference}"
        await who.page.goto(f"{settings.desk_url}{case}")
        await who.page.evaluate(A_FORM, f"{case}/text-check")
        box, marks = who.page.get_by_label("What happened"), who.page.locator(".desk-marks")
        await box.fill("\U0001f642 Tamsin was failed by <b id='typed'>Dr Quillfeather</b>.")
        await marks.locator("li").first.wait_for()
        said = await marks.inner_text()
        assert "3 passages are marked" in said and "“Tamsin”" in said and "“failed by”" in said
        assert await who.page.locator("#typed").count() == 0
        assert await marks.get_attribute("aria-live") == "polite"
        await marks.get_by_role("button").nth(1).click()
        assert await box.evaluate(SELECTED) == "failed by"
        await who.look()
        await box.fill("Records were shared late.")
        await who.page.get_by_text("Nothing is marked any more.").wait_for()
        assert await marks.locator("li").count() == 0
    await who.context.close()
    engine.dispose()


async def _no_server() -> Client:
    raise RuntimeError("Failed client connect")
