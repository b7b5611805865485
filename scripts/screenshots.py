"""Takes the pictures in docs/pictures/: starts the true demo and plays its story in Chromium.

Run by `make screenshots`.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from scripts import ensure_chromium
from tenantline.kernel import clock
from tenantline.letters import layout
from tenantline.printing.batches import Batch
from tenantline.statements import pdf
from tenantline.statements.content import AutoPay, Content, Line, Party

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PROGRAM = Path(sys.executable).with_name("tenantline")
LARGEST = 250_000  # bytes
TENANT, NUMBER = "Dana Whitfield", "+15125550143"
AT_LAMAR, OPENS, CLOSES = ZoneInfo("America/Chicago"), 8, 20  # when automatic texts leave (R6)
QUIET = ("--disable-quic", "--no-first-run", "--disable-background-networking")

SAMPLE = Content(
    period="2026-11",
    number=1,
    language="en",
    issued_on=date(2026, 11, 30),
    facility=Party("Bluebonnet Storage", ("2210 South Lamar Boulevard", "Austin, TX 78704")),
    office="+15125550101",
    office_email="lamar@bluebonnet.example.com",
    tenant=Party(TENANT, ("3104 Speedway, Apt 9", "Austin, TX 78705")),
    units=("B-114",),
    opening_cents=4_900,
    lines=(
        Line(date(2026, 11, 1), "charge", "Rent B-114, November", 12_900),
        Line(date(2026, 11, 3), "payment", "Check 1042", -17_800),
        Line(date(2026, 11, 9), "reversal", "Returned by the bank", 17_800, "Check 1042"),
        Line(date(2026, 11, 9), "charge", "Fee for a returned payment", 2_500),
        Line(date(2026, 11, 12), "payment", "Card at the counter", -7_400),
    ),
    closing_cents=12_900,
    due_on=date(2026, 12, 5),
    autopay=AutoPay("card", 5, 12_900, date(2026, 12, 5)),
)


LETTERS = Batch(
    leaves=[
        layout.Page(
            sender="Bluebonnet Storage",
            sender_lines=("2210 South Lamar Boulevard", "Austin, TX 78704", "(512) 555-0101"),
            dated="November 23, 2026",
            name=name,
            address=address,
            subject="Your rent from January",
            body=f"Dear {name},\n\nFrom January 1, 2027 the rent of your unit {unit} is $139.00 a "
            "month. Your rental agreement asks us to say so thirty days before.\n\nYou need do "
            "nothing. If you have a question, call us: (512) 555-0101.\n\nBluebonnet Storage",
            language="en",
            what="Change of rent",
        )
        for name, unit, address in (
            (TENANT, "B-114", ("3104 Speedway, Apt 9", "Austin, TX 78705")),
            ("June Castellano", "B-132", ("143 Cedar Street", "Austin, TX 78704")),
            ("Walter Okafor", "A-007", ("213 Mill Road", "Austin, TX 78704")),
        )
    ],
    note="3 letters of Bluebonnet Storage, given to the printer on November 23, 2026 by marcus.",
    at=datetime(2026, 11, 23, tzinfo=UTC),
)


@dataclass(frozen=True)
class Demo:
    """A running demo: its address and the passwords by username."""

    address: str
    passwords: dict[str, str]


@contextmanager
def demo() -> Iterator[Demo]:
    """Run `tenantline demo` on a free port with data of its own."""
    with tempfile.TemporaryDirectory(prefix="tenantline-pictures-") as folder:
        command = [str(PROGRAM), "demo", "--port", "0", "--data-dir", folder]
        with (
            (Path(folder).parent / f"{Path(folder).name}.log").open("w+") as log,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process,
        ):
            try:
                yield announced(process, log.name)
            finally:
                process.terminate()
                process.wait(timeout=60)
                Path(log.name).unlink()


def announced(process: subprocess.Popen[str], log: str) -> Demo:
    """Read what the demo prints: its address, then a line for each sign-in."""
    lines = [process.stdout.readline().split() if process.stdout else [] for _ in range(7)]
    if not lines[0]:
        sys.exit(f"screenshots: the demo did not start:\n{Path(log).read_text()[-2000:]}")
    passwords = {line[1]: line[2] for line in lines if len(line) == 3}
    return Demo(lines[0][0].rstrip("/"), passwords)


def sign_in(context: BrowserContext, running: Demo, username: str) -> Page:
    """Sign a staff member in; return the home page."""
    page = context.new_page()
    page.goto(f"{running.address}/sign-in/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(running.passwords[username])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{running.address}/")
    return page


def issue_form(desk: Page, running: Demo) -> None:
    """The office: find the tenant, choose SMS Opt-In, Send, Issue."""
    desk.goto(f"{running.address}/tenants/?q=Whitfield")
    desk.get_by_role("link", name=TENANT).first.click()
    desk.locator("form.quick button").click()
    desk.get_by_role("button", name="Issue").click()
    expect(desk.get_by_text("Form sent").first).to_be_visible()


def fill_form(phone: Page, running: Demo) -> None:
    """The tenant: read the e-mail, tick the boxes, take a picture, submit."""
    phone.goto(f"{running.address}/sandbox/mailbox/")
    phone.get_by_role("link", name="dana.whitfield").first.click()
    letter = phone.frame_locator("iframe")
    link = letter.locator("a[href*='/opt-in/']").first.get_attribute("href")
    phone.goto(str(link))
    for box in phone.locator("input[name=services], input[name=agree]").all():
        box.check()
    phone.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    take(phone, "opt-in-form", whole=True)
    phone.get_by_role("button", name="Opt in to Text/Messaging").click()
    phone.wait_for_url("**/done/**")


def text(phone: Page, running: Demo, *words: str) -> None:
    """The tenant: text the facility's line from the handset page."""
    phone.goto(f"{running.address}/sandbox/handset/?phone=%2B{NUMBER[1:]}")
    for body in words:
        phone.get_by_label("Text to").fill(body)
        phone.keyboard.press("Enter")
        expect(phone.locator(".thread").get_by_text(body, exact=True)).to_be_visible()


def write(chat: Page, *words: str) -> None:
    """The office: write in the chat window and see each text leave."""
    for number, body in enumerate(words, start=1):
        chat.locator("#chat-body").fill(body)
        chat.keyboard.press("Enter")
        expect(chat.locator(".chat-body").get_by_text(body, exact=True)).to_be_visible()
        left = chat.locator(".from-us:is([data-state=sent], [data-state=delivered])")
        expect(left).to_have_count(number + 1, timeout=20_000)  # and the confirmation


def tell_story(browser: Browser, running: Demo) -> None:
    """Play the story from the form to the chat and take a picture at each stop."""
    office = browser.new_context(viewport={"width": 1000, "height": 660})
    handset = browser.new_context(viewport={"width": 390, "height": 844})
    desk, phone = sign_in(office, running, "carmen"), handset.new_page()
    issue_form(desk, running)
    fill_form(phone, running)
    text(phone, running, "START")
    expect(phone.locator(".theirs").first).to_be_visible(timeout=20_000)
    text(phone, running, "Hi, can I get into B-114 before 7 tomorrow?")
    address = str(desk.get_by_role("link", name="(SMS Chat)").first.get_attribute("href"))
    desk.goto(f"{running.address}{address}")
    write(desk, "Good morning Dana, yes: the gate opens at 6.")
    text(phone, running, "Great, thank you!")
    expect(desk.locator(".chat-body").get_by_text("Great, thank you!")).to_be_visible()
    write_rest(desk)
    desk.wait_for_timeout(4000)  # delivery is reported a moment later
    take(desk, "chat")
    show_statement(desk, phone, running)
    night = browser.new_context(viewport={"width": 1280, "height": 700}, color_scheme="dark")
    home = sign_in(night, running, "marcus")
    home.wait_for_load_state("load")
    home.wait_for_timeout(1500)  # the widgets come in one by one
    take(home, "home-dark")


def show_statement(desk: Page, phone: Page, running: Demo) -> None:
    """Issue a statement by SMS; open it on the phone as the tenant does."""
    desk.goto(f"{running.address}/tenants/?q=Whitfield")
    desk.get_by_role("link", name=TENANT).first.click()
    desk.get_by_label("Statements by SMS").check()
    desk.get_by_role("button", name="Save").first.click()
    desk.get_by_role("link", name="Account").click()
    desk.get_by_role("link", name="Issue a statement…").click()
    desk.get_by_label("Month").select_option(index=0)
    desk.get_by_role("button", name="Issue the statement").click()
    expect(desk.get_by_text("The statement goes by SMS.")).to_be_visible()
    phone.goto(f"{running.address}/sandbox/handset/?phone=%2B{NUMBER[1:]}")
    link = phone.locator("a[href*='/s/']").last
    expect(link).to_be_visible(timeout=20_000)
    phone.goto(str(link.get_attribute("href")))
    phone.get_by_label("Your last name").fill("Whitfield")
    phone.get_by_label("Your unit").fill("B-114")
    take(phone, "statement-door")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("link", name="Download PDF")).to_be_visible()
    take(phone, "statement-phone", whole=True)


def set_statement() -> None:
    """Take a picture of a statement's PDF."""
    path = PICTURES / "statement-pdf.png"
    path.write_bytes(pdf.pictures(SAMPLE, ppi=80)[0])


def set_letters() -> None:
    """Take pictures of a letter on paper and of the mailing list that follows the last one."""
    pages = layout.FORM.pictures(LETTERS, ppi=80)
    (PICTURES / "letter-print.png").write_bytes(pages[0])
    (PICTURES / "letter-mailing-list.png").write_bytes(pages[-1])


def write_rest(desk: Page) -> None:
    """Leave a sentence in the composer, as somebody in the middle of work would."""
    write_count = desk.locator(".from-us").count()
    desk.locator("#chat-body").press_sequentially("You're welcome! Bring your gate card.")
    expect(desk.locator(".from-us")).to_have_count(write_count)


def take(page: Page, name: str, *, whole: bool = False) -> None:
    """Take a picture of what is on the screen; refuse one that is too large to commit."""
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path, full_page=whole, animations="disabled", caret="hide")
    size = path.stat().st_size
    if size > LARGEST:
        sys.exit(f"screenshots: {path.name} has {size:,} bytes, more than {LARGEST:,}")
    print(f"screenshots: {path.relative_to(PICTURES.parent.parent)} ({size // 1000} kB)")


def main() -> None:
    """Take all pictures."""
    chromium = ensure_chromium.find()
    if chromium is None:
        sys.exit("screenshots: there is no Chromium; run make chromium")
    if not OPENS <= clock.now().astimezone(AT_LAMAR).hour < CLOSES:
        sys.exit(f"screenshots: the statement is texted from {OPENS} to {CLOSES} o'clock in Austin")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, demo() as running:
        arguments = ["--no-sandbox", *QUIET]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        tell_story(browser, running)
        set_statement()
        set_letters()
        browser.close()


if __name__ == "__main__":
    main()
