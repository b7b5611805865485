"""Letters to begin with, which the demo has and an office can take over and change.

All are courtesies. No legal notice is among them: what it must say is the law of the state, or
stands in the rental agreement.
"""

from __future__ import annotations

from typing import Final

from tenantline.letters.composing import Bodies
from tenantline.letters.rules import Standing

# The Spanish texts do without accents: one of them would make every text twice as dear.
STARTERS: Final[tuple[tuple[Standing, dict[str, Bodies]], ...]] = (
    (
        Standing(name="Payment reminder", category="payment_due"),
        {
            "en": Bodies(
                sms="A balance of {{account.balance}} is due {{account.due_date}}. Pay at the "
                "office or call us.",
                print="Dear {{tenant.name}},\n\nA payment for unit {{tenant.unit}} is due on "
                "{{account.due_date}}. Your balance is {{account.balance}}.\n\nYou can pay at the "
                "office or by telephone: {{facility.phone}}.\n\n{{facility.name}}",
            ),
            "es": Bodies(
                sms="Saldo de {{account.balance}} con vencimiento el {{account.due_date}}. Pague "
                "en la oficina o llame.",
                subject="Recordatorio de pago",
                print="Estimado(a) {{tenant.name}}:\n\nEl pago de la unidad {{tenant.unit}} vence "
                "el {{account.due_date}}. Su saldo es de {{account.balance}}.\n\nPuede pagar en la "
                "oficina o por teléfono: {{facility.phone}}.\n\n{{facility.name}}",
            ),
        },
    ),
    (
        Standing(name="Past due", category="past_due"),
        {
            "en": Bodies(
                sms="Your account is {{account.days_late}} days late; {{account.overdue}} is past "
                "due. Please pay, or call the office.",
                print="Dear {{tenant.name}},\n\nThe account of unit {{tenant.unit}} is past due "
                "since {{account.due_date}}. Past due are {{account.overdue}}; the balance is "
                "{{account.balance}}.\n\nPlease pay at once, or call us: {{facility.phone}}.\n\n"
                "{{facility.name}}\n{{facility.address}}",
            ),
            "es": Bodies(
                sms="Su cuenta tiene {{account.days_late}} dias de atraso; debe "
                "{{account.overdue}}. Pague o llame a la oficina.",
                subject="Cuenta vencida",
                print="Estimado(a) {{tenant.name}}:\n\nLa cuenta de la unidad {{tenant.unit}} está "
                "vencida desde el {{account.due_date}}. Debe {{account.overdue}}; su saldo es de "
                "{{account.balance}}.\n\nPague cuanto antes o llámenos: {{facility.phone}}.\n\n"
                "{{facility.name}}\n{{facility.address}}",
            ),
        },
    ),
    (
        Standing(name="Payment received", category="payment_received"),
        {
            "en": Bodies(
                sms="Thank you for your payment. Your balance is now {{account.balance}}.",
                print="Dear {{tenant.name}},\n\nThank you for your payment. Your balance is now "
                "{{account.balance}}.\n\n{{facility.name}}",
            ),
            "es": Bodies(
                sms="Gracias por su pago. Su saldo es ahora de {{account.balance}}.",
                subject="Pago recibido",
                print="Estimado(a) {{tenant.name}}:\n\nGracias por su pago. Su saldo es ahora de "
                "{{account.balance}}.\n\n{{facility.name}}",
            ),
        },
    ),
    (
        Standing(name="Payment returned", category="payment_returned"),
        {
            "en": Bodies(
                sms="Your bank returned your payment. Your balance is now {{account.balance}}. "
                "Please pay at the office or call us.",
                # It is issued by itself: no field may be in it that could stand for nothing.
                print="Dear {{tenant.name}},\n\nYour bank returned your last payment, so it does "
                "not count. Your balance, with any fee for the return, is now {{account.balance}}."
                "\n\nPlease pay at the office, or call us.\n\n{{facility.name}}",
            ),
            "es": Bodies(
                sms="Su banco devolvio su pago. Su saldo es ahora de {{account.balance}}. Pague "
                "en la oficina o llame.",
                subject="Pago devuelto",
                print="Estimado(a) {{tenant.name}}:\n\nSu banco devolvió su último pago, por lo "
                "que no cuenta. Su saldo, con el cargo por la devolución si lo hay, es ahora de "
                "{{account.balance}}.\n\nPague en la oficina o llámenos.\n\n{{facility.name}}",
            ),
        },
    ),
    (
        Standing(name="AutoPay draws soon", category="autopay"),
        {
            "en": Bodies(
                sms="AutoPay will draw your payment by {{account.autopay}} soon. Your balance is "
                "{{account.balance}}.",
                print="Dear {{tenant.name}},\n\nAutoPay will draw your payment "
                "by {{account.autopay}} within the next days. Your balance is "
                "{{account.balance}}.\n\nTo change it, call us: "
                "{{facility.phone}}.\n\n{{facility.name}}",
            ),
            "es": Bodies(
                sms="AutoPay hara su pago por {{account.autopay}} en los proximos dias. Su saldo "
                "es de {{account.balance}}.",
                subject="AutoPay cobrará pronto",
                print="Estimado(a) {{tenant.name}}:\n\nAutoPay hará su pago por "
                "{{account.autopay}} en los próximos días. Su saldo es de {{account.balance}}.\n\n"
                "Para cambiarlo, llámenos: {{facility.phone}}.\n\n{{facility.name}}",
            ),
        },
    ),
    (
        Standing(name="Welcome", category="welcome"),
        {
            "en": Bodies(
                print="Dear {{tenant.name}},\n\nWelcome to {{facility.name}}. Your unit is "
                "{{tenant.unit}}. The office answers at {{facility.phone}}.",
            ),
            "es": Bodies(
                subject="Bienvenida",
                print="Estimado(a) {{tenant.name}}:\n\nBienvenido(a) a {{facility.name}}. Su "
                "unidad es la {{tenant.unit}}. La oficina contesta en el {{facility.phone}}.",
            ),
        },
    ),
)
