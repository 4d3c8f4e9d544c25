"""For each command of notification and rapid review: who may give it, and an answer with all that is required."""

from typing import Any

from stage_world import T0

from domain.people import Role

THE_AUTHORITY = {Role.HEAD_OF_SERVICE, Role.DIRECTOR}

RAPID_REVIEW_MAY: dict[str, set[Role]] = {
    "notify-panel": THE_AUTHORITY,
    "tell-partners": THE_AUTHORITY,
    "withdraw-notification": THE_AUTHORITY,
    "decide-no-rapid-review": THE_AUTHORITY,
    "record-rapid-review": {Role.BUSINESS_MANAGER, Role.SUB_GROUP},
    "answer-rapid-review": {Role.SAFEGUARDING_PARTNER},
    "settle-disagreement": {Role.BOARD_CHAIR},
    "submit-rapid-review": {Role.BUSINESS_MANAGER},
    "record-panel-answer": {Role.BUSINESS_MANAGER, Role.BOARD_CHAIR},
    "decide-local-review": {Role.BOARD_CHAIR},
}

RAPID_REVIEW_ANSWERS: dict[str, dict[str, Any]] = {
    "notify-panel": {"sent_at": T0, "reference": "7", "children": ("C1",)},
    "tell-partners": {"told_at": T0, "how": "by secure mail"},
    "withdraw-notification": {"agreed_at": T0, "reference": "7", "reason": "why"},
    "decide-no-rapid-review": {"reason": "why"},
    "record-rapid-review": {
        "facts": "what",
        "immediate_action": "what",
        "improvements": "what",
        "context": "what",
        "outcome": "none",
        "reasons": {"death": "why"},
        "rationale": "why",
    },
    "answer-rapid-review": {"outcome": "agree"},
    "settle-disagreement": {"outcome": "stands", "reasons": "why"},
    "submit-rapid-review": {"sent_at": T0, "reference": "7"},
    "record-panel-answer": {"outcome": "agrees", "received_at": T0, "text": "what"},
    "decide-local-review": {"outcome": "none", "rationale": "why"},
}
