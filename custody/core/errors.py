"""Every error that the pure core may raise; a parser of foreign bytes raises nothing else."""


class CustodyError(Exception):
    """Root of all errors of this application; the message is plain words for a person."""


class CanonicalError(CustodyError):
    """A value cannot be written as, or bytes are not, the restricted RFC 8785 JSON of `canonical`."""


class EntryError(CustodyError):
    """A ledger entry breaks the rules of its format."""


class StreamError(CustodyError):
    """A stream link does not follow the one before it."""


class MerkleError(CustodyError):
    """A tree, range or proof is malformed, or a proof does not lead to the root it was offered for."""


class NoteError(CustodyError):
    """A signed note or a verifier key is malformed, or no trusted key vouches for the note."""


class CheckpointError(CustodyError):
    """A checkpoint is malformed or belongs to another log."""


class TileError(CustodyError):
    """A tile or entry bundle is malformed, or its address is impossible for the tree."""


class SignatureError(CustodyError):
    """A CMS signature is malformed, does not cover these bytes, or was not made under the trusted certificate."""


class RecordError(CustodyError):
    """A receipt, batch or examination record breaks the rules of its format."""


class BundleError(CustodyError):
    """A bundle is malformed or hostile."""


class PolicyError(CustodyError):
    """A cosigning policy breaks the rules of its format; the message names the line where there is one."""


class RequestError(CustodyError):
    """A request to a cosigner, or a size that a cosigner answers, breaks the rules of its format."""


class ProofError(CustodyError):
    """The proof of one entry is malformed, or does not lead from the entry to the signed root."""
