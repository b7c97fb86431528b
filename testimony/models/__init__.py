"""The tables of testimony: victims, witnesses by code, consents, sealed statements, dossiers that were built."""

from testimony.models.consents import (
    Consent,
    ConsentCapacity,
    ConsentCondition,
    ConsentConversation,
    ConsentDisclosure,
    ConsentForm,
    ConsentPlace,
    ConsentRecipient,
    ConsentScope,
    ConsentState,
    Information,
    RecipientTerms,
)
from testimony.models.dossiers import Dossier
from testimony.models.statements import (
    Identification,
    IdentificationMethod,
    IdentificationStatus,
    Statement,
    StatementKind,
)
from testimony.models.victims import PicturesWish, Victim, VictimPicture
from testimony.models.witnesses import (
    Literacy,
    Measure,
    PriorAccounts,
    Readiness,
    Relation,
    SealedIdentity,
    Witness,
    WitnessRole,
)

__all__ = [
    "Consent",
    "ConsentCapacity",
    "ConsentCondition",
    "ConsentConversation",
    "ConsentDisclosure",
    "ConsentForm",
    "ConsentPlace",
    "ConsentRecipient",
    "ConsentScope",
    "ConsentState",
    "Dossier",
    "Identification",
    "IdentificationMethod",
    "IdentificationStatus",
    "Information",
    "Literacy",
    "Measure",
    "PicturesWish",
    "PriorAccounts",
    "Readiness",
    "RecipientTerms",
    "Relation",
    "SealedIdentity",
    "Statement",
    "StatementKind",
    "Victim",
    "VictimPicture",
    "Witness",
    "WitnessRole",
]
