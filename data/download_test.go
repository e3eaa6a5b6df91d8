package data

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// someFile returns a file of n bytes that differ, and what is known of it.
func someFile(n int, urls ...string) ([]byte, RemoteFile) {
	b := make([]byte, n)
	tensorRand := tensor.NewRand(7)
	for i := range b {
		b[i] = byte(tensorRand.Uint32())
	}
	sum := sha256.Sum256(b)
	return b, RemoteFile{Name: "file.gz", URLs: urls, Size: int64(n), SHA256: hex.EncodeToString(sum[:])}
}

// serve starts a server and returns its address and the requests that it has had.
func serve(t *testing.T, handler http.HandlerFunc) (url string, asked func() []http.Header) {
	t.Helper()
	var lock sync.Mutex
	var requests []http.Header
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lock.Lock()
		requests = append(requests, r.Header.Clone())
		lock.Unlock()
		handler(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL, func() []http.Header {
		lock.Lock()
		defer lock.Unlock()
		return requests
	}
}

// content serves b as a server of files does, ranges included.
func content(b []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "", time.Unix(1_000_000_000, 0), bytes.NewReader(b))
	}
}

// cache gives the test a cache folder of its own.
func cache(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("DESCENT_CACHE", dir)
	return dir
}

// names lists a folder.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func requireFile(t *testing.T, path string, want []byte) {
	t.Helper()
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, got), "%s is not what was served", path)
}

func TestDownload(t *testing.T) {
	cacheDir := cache(t)
	b, f := someFile(300_000)
	url, asked := serve(t, content(b))
	f.URLs = []string{url + "/file.gz"}
	g := f
	g.Name = "other.gz"
	r := Recipe{Name: "set", Files: []RemoteFile{f, g}}
	done := map[string]int64{}
	dir, err := Download(t.Context(), r, func(name string, n, size int64) {
		require.Greater(t, n, done[name])
		require.Equal(t, f.Size, size)
		done[name] = n
	})
	require.NoError(t, err)
	require.Equal(t, filepath.Join(cacheDir, "set"), dir)
	require.Equal(t, []string{"file.gz", "other.gz"}, names(t, dir))
	requireFile(t, filepath.Join(dir, "file.gz"), b)
	require.Equal(t, map[string]int64{"file.gz": f.Size, "other.gz": f.Size}, done)
	require.Len(t, asked(), 2)
	require.Empty(t, asked()[0].Get("Range"))

	_, err = Download(t.Context(), r, func(string, int64, int64) { t.Error("nothing is left to fetch") })
	require.NoError(t, err)
	require.Len(t, asked(), 2, "what is there is not asked for")
}

// A file in the cache that is damaged, cut or longer is fetched again.
func TestDownloadMendsTheCache(t *testing.T) {
	dir := filepath.Join(cache(t), "set")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	b, f := someFile(1000)
	url, asked := serve(t, content(b))
	f.URLs = []string{url}
	damaged := bytes.Clone(b)
	damaged[500] ^= 1
	for i, bad := range [][]byte{damaged, b[:999], append(bytes.Clone(b), 0), nil} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, f.Name), bad, 0o600))
		_, err := Download(t.Context(), Recipe{Name: "set", Files: []RemoteFile{f}}, nil)
		require.NoError(t, err)
		requireFile(t, filepath.Join(dir, f.Name), b)
		require.Len(t, asked(), i+1)
	}
}

func TestDownloadNeedsAFolder(t *testing.T) {
	dir := cache(t)
	_, f := someFile(10, "http://127.0.0.1:1/")
	r := Recipe{Name: "set", Files: []RemoteFile{f}}

	require.NoError(t, os.MkdirAll(filepath.Join(dir, "set", f.Name), 0o755))
	_, err := Download(t.Context(), r, nil)
	require.ErrorContains(t, err, "file.gz\" is not a regular file")

	require.NoError(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	t.Setenv("DESCENT_CACHE", filepath.Join(dir, "file"))
	_, err = Download(t.Context(), r, nil)
	require.ErrorContains(t, err, "download of set: ")
}

func TestCacheDir(t *testing.T) {
	t.Setenv("DESCENT_CACHE", "here")
	dir, err := CacheDir()
	require.NoError(t, err)
	require.Equal(t, "here", dir)

	t.Setenv("DESCENT_CACHE", "")
	user, err := os.UserCacheDir()
	if err != nil {
		_, err = CacheDir()
		require.ErrorContains(t, err, "set DESCENT_CACHE")
		return
	}
	dir, err = CacheDir()
	require.NoError(t, err)
	require.Equal(t, filepath.Join(user, "descent"), dir)
}

func TestDownloadMisuse(t *testing.T) {
	dir := cache(t)
	_, good := someFile(10, "http://localhost/")
	for want, change := range map[string]func(*Recipe, *RemoteFile){
		`"../set" is not the name of a folder`:                     func(r *Recipe, _ *RemoteFile) { r.Name = "../set" },
		`"" is not the name of a folder`:                           func(r *Recipe, _ *RemoteFile) { r.Name = "" },
		`"." is not the name of a folder`:                          func(r *Recipe, _ *RemoteFile) { r.Name = "." },
		`"a/b" is not the name of a file`:                          func(_ *Recipe, f *RemoteFile) { f.Name = "a/b" },
		`".." is not the name of a file`:                           func(_ *Recipe, f *RemoteFile) { f.Name = ".." },
		"file.gz has a length of 0 bytes":                          func(_ *Recipe, f *RemoteFile) { f.Size = 0 },
		`the SHA-256 of file.gz is "xy", want 64 hexadecimal`:      func(_ *Recipe, f *RemoteFile) { f.SHA256 = "xy" },
		`the SHA-256 of file.gz is "00", want 64 hexadecimal`:      func(_ *Recipe, f *RemoteFile) { f.SHA256 = "00" },
		"file.gz has no mirror":                                    func(_ *Recipe, f *RemoteFile) { f.URLs = nil },
		`"ftp://localhost/" of file.gz is not an address of http`:  func(_ *Recipe, f *RemoteFile) { f.URLs = []string{"ftp://localhost/"} },
		`"file:///etc/passwd" of file.gz is not an address of`:     func(_ *Recipe, f *RemoteFile) { f.URLs = []string{"file:///etc/passwd"} },
		`the mirror "http:" of file.gz is not an address of http`:  func(_ *Recipe, f *RemoteFile) { f.URLs = []string{"http:"} },
		`the mirror "http://[" of file.gz is not an address of`:    func(_ *Recipe, f *RemoteFile) { f.URLs = []string{"http://["} },
		`the mirror "" of file.gz is not an address of http or ht`: func(_ *Recipe, f *RemoteFile) { f.URLs = append(f.URLs, "") },
	} {
		r := Recipe{Name: "set", Files: []RemoteFile{good}}
		change(&r, &r.Files[0])
		func() {
			defer func() {
				err, ok := recover().(*tensor.ArgError)
				require.True(t, ok, want)
				require.ErrorContains(t, err, want)
			}()
			_, _ = Download(t.Context(), r, nil)
		}()
	}
	require.Empty(t, names(t, dir))
}

// What has arrived is kept when the download is cancelled, and the next one
// asks only for the rest.
func TestDownloadGoesOn(t *testing.T) {
	dir := filepath.Join(cache(t), "set")
	b, f := someFile(1 << 20)
	ctx, cancel := context.WithCancel(t.Context())
	slow, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(b)))
		_, _ = w.Write(b[:400_000])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	f.URLs = []string{slow, slow}
	arrived := int64(0)
	_, err := Download(ctx, Recipe{Name: "set", Files: []RemoteFile{f}}, func(_ string, n, _ int64) {
		if arrived = n; n == 400_000 {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 1, strings.Count(err.Error(), "canceled"), "no other mirror is asked")
	require.EqualValues(t, 400_000, arrived)
	left := names(t, dir)
	require.Len(t, left, 1)
	require.Regexp(t, `^file\.gz\.[0-9a-f]{8}\.part$`, left[0])
	requireFile(t, filepath.Join(dir, left[0]), b[:400_000])

	whole, asked := serve(t, content(b))
	f.URLs = []string{whole}
	_, err = Download(t.Context(), Recipe{Name: "set", Files: []RemoteFile{f}}, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"file.gz"}, names(t, dir))
	requireFile(t, filepath.Join(dir, "file.gz"), b)
	require.Len(t, asked(), 1)
	require.Equal(t, "bytes=400000-", asked()[0].Get("Range"))
}

// Parts that lie in the folder may hold anything.
func TestDownloadFromParts(t *testing.T) {
	b, f := someFile(10_000)
	wrong := bytes.Repeat([]byte("no"), 2500)
	for name, c := range map[string]struct {
		parts  [][]byte
		ranges []string // of the requests
	}{
		"the longest serves": {[][]byte{b[:10], b[:7000], b[:5]}, []string{"bytes=7000-"}},
		"a whole one":        {[][]byte{b}, nil},
		"wrong bytes":        {[][]byte{wrong, b[:10]}, []string{"bytes=5000-", ""}},
		"whole but wrong":    {[][]byte{append(bytes.Clone(b[:9999]), b[9999]^1)}, []string{""}},
		"too long":           {[][]byte{append(bytes.Clone(b), 1), b[:10]}, []string{"bytes=10-"}},
		"empty":              {[][]byte{nil, nil}, []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(cache(t), "set")
			require.NoError(t, os.MkdirAll(dir, 0o755))
			for i, part := range c.parts {
				require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("file.gz.%08x.part", i)), part, 0o600))
			}
			for _, other := range []string{"file.gz.part", "file.gz.123.part", "other.gz.12345678.part"} {
				require.NoError(t, os.WriteFile(filepath.Join(dir, other), b[:9000], 0o600))
			}
			require.NoError(t, os.Mkdir(filepath.Join(dir, "file.gz.folder00.part"), 0o755))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "file.gz.folder00.part", "x"), nil, 0o600))
			url, asked := serve(t, content(b))
			f.URLs = []string{url}
			_, err := Download(t.Context(), Recipe{Name: "set", Files: []RemoteFile{f}}, nil)
			require.NoError(t, err)
			requireFile(t, filepath.Join(dir, "file.gz"), b)
			require.Equal(t, []string{"file.gz", "file.gz.123.part", "file.gz.folder00.part", "file.gz.part", "other.gz.12345678.part"}, names(t, dir))
			var ranges []string
			for _, h := range asked() {
				ranges = append(ranges, h.Get("Range"))
			}
			require.Equal(t, c.ranges, ranges)
		})
	}
}

// Processes share nothing but the folder. Whoever looks sees the whole file or
// none.
func TestDownloadsAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file.gz")
	b, f := someFile(200_000)
	broken, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		cut := &cutWriter{ResponseWriter: w, left: 30_000}
		content(b)(cut, r)
	})
	f.URLs = []string{broken}
	var downloads, looks sync.WaitGroup
	stop := make(chan struct{})
	looks.Go(func() {
		for {
			if got, err := os.ReadFile(path); err == nil && !bytes.Equal(got, b) {
				t.Errorf("the file is torn: %d bytes", len(got))
			}
			select {
			case <-stop:
				return
			default:
			}
		}
	})
	for range 8 {
		downloads.Go(func() {
			transfer := newTransfer(stallTime, nil)
			defer transfer.client.CloseIdleConnections()
			if err := transfer.fetch(t.Context(), f, path); err != nil {
				t.Error(err)
			}
		})
	}
	downloads.Wait()
	close(stop)
	looks.Wait()
	requireFile(t, path, b)
}

func ExampleDownload() {
	recipe := Recipe{Name: "words", Files: []RemoteFile{{
		Name:   "words.txt",
		URLs:   []string{"https://example.org/words.txt", "https://mirror.example.org/words.txt"},
		Size:   1_234_567,
		SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
	}}}
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // an example cannot wait for a server
	_, err := Download(ctx, recipe, func(name string, done, size int64) {
		fmt.Printf("\r%s: %d of %d bytes", name, done, size)
	})
	fmt.Println(err != nil)
	// Output: true
}
