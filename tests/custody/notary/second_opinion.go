// Reads a mirror as Go's own log library (golang.org/x/mod/sumdb) understands it, and makes its tiles anew.
package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type mirror string

func (m mirror) Height() int { return height }

func (m mirror) SaveTiles([]tlog.Tile, [][]byte) {}

// Go writes the height into the path, tlog-tiles does not.
func (m mirror) file(t tlog.Tile) string {
	return filepath.Join(string(m), strings.Replace(t.Path(), "tile/8/", "tile/", 1))
}

func (m mirror) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, t := range tiles {
		content, err := os.ReadFile(m.file(t))
		if err != nil {
			return nil, err
		}
		found = append(found, content)
	}
	return found, nil
}

// Stored hashes in memory, in Go's own order.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, index := range indexes {
		found = append(found, s[index])
	}
	return found, nil
}

func (m mirror) entries(size int64) [][]byte {
	var found [][]byte
	for first := int64(0); first < size; first += 256 {
		width := 256
		if size-first < 256 {
			width = int(size - first)
		}
		path := m.file(tlog.Tile{H: height, L: -1, N: first / 256, W: width})
		content, err := os.ReadFile(strings.Replace(path, "tile/data/", "tile/entries/", 1))
		check(err)
		for len(content) > 0 {
			length := int(binary.BigEndian.Uint16(content))
			found = append(found, content[2:2+length])
			content = content[2+length:]
		}
	}
	return found
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func must(holds bool, words string) {
	if !holds {
		log.Fatal(words)
	}
}

func main() {
	m := mirror(os.Args[1])
	verifier, err := note.NewVerifier(os.Args[2])
	check(err)
	signed, err := os.ReadFile(filepath.Join(string(m), "checkpoint"))
	check(err)
	opened, err := note.Open(signed, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	must(lines[0] == verifier.Name(), "another origin")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)

	var hashes stored
	for n, entry := range m.entries(size) {
		more, err := tlog.StoredHashes(int64(n), entry, hashes)
		check(err)
		hashes = append(hashes, more...)
	}
	made, err := tlog.TreeHash(size, hashes)
	check(err)
	must(made == root, "the entries make another root")

	count := 0
	for _, t := range tlog.NewTiles(height, 0, size) {
		// Go also names the partial tiles of every smaller tree; a mirror keeps those of signed ones.
		if t.W < 256 && int64(t.W) != (size>>(height*uint(t.L)))%256 {
			continue
		}
		count++
		content, err := tlog.ReadTileData(t, hashes)
		check(err)
		kept, err := os.ReadFile(m.file(t))
		check(err)
		must(bytes.Equal(content, kept), "another tile at "+t.Path())
	}

	served := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, m)
	for n := int64(0); n < size; n += 61 {
		proof, err := tlog.ProveRecord(size, n, served)
		check(err)
		leaf, err := served.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
		check(err)
		check(tlog.CheckRecord(proof, size, root, n, leaf[0]))
		old, err := tlog.TreeHash(n+1, served)
		check(err)
		growth, err := tlog.ProveTree(size, n+1, served)
		check(err)
		check(tlog.CheckTree(growth, size, root, n+1, old))
	}
	fmt.Println(size, count)
}
