from tests.testimony import files
from pathlib import Path
def test_build(cast, tmp_path):
    file = files.file_of(cast.case, tmp_path / "in")
    v = files.build(file)
    data = files.read_dossier(v, Path("/tmp/out1.pdf"))
    assert data[:4] == b"%PDF"
