package data

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// A cutWriter breaks the connection after some bytes.
type cutWriter struct {
	http.ResponseWriter
	left int
}

func (w *cutWriter) Write(b []byte) (int, error) {
	if len(b) < w.left {
		w.left -= len(b)
		return w.ResponseWriter.Write(b)
	}
	_, _ = w.ResponseWriter.Write(b[:w.left])
	w.ResponseWriter.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

// Every byte is sent once, however often the connection breaks.
func TestTransferResumes(t *testing.T) {
	b, f := someFile(100_000)
	url, asked := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"version-1"`)
		content(b)(&cutWriter{w, 15_000}, r)
	})
	f.URLs = []string{url}
	path := filepath.Join(t.TempDir(), "file.gz")
	require.NoError(t, newTransfer(stallTime, nil).fetch(t.Context(), f, path))
	requireFile(t, path, b)
	require.Len(t, asked(), 7)
	for i, h := range asked()[1:] {
		require.Equal(t, fmt.Sprintf("bytes=%d-", 15_000*(i+1)), h.Get("Range"))
		require.Equal(t, `"version-1"`, h.Get("If-Range"))
	}
}

// A server that breaks too often is given up; what it has sent serves the next.
func TestTransferGivesUp(t *testing.T) {
	b, f := someFile(100_000)
	breaks, asked := serve(t, func(w http.ResponseWriter, r *http.Request) { content(b)(&cutWriter{w, 100}, r) })
	f.URLs = []string{breaks}
	path := filepath.Join(t.TempDir(), "file.gz")
	err := newTransfer(stallTime, nil).fetch(t.Context(), f, path)
	require.ErrorContains(t, err, "given up after 10 tries: the connection broke after 1000 of 100000 bytes: unexpected EOF")
	require.Len(t, asked(), maxTries)
	require.NoFileExists(t, path)

	whole, asked := serve(t, content(b))
	f.URLs = []string{whole}
	require.NoError(t, newTransfer(stallTime, nil).fetch(t.Context(), f, path))
	require.Equal(t, "bytes=1000-", asked()[0].Get("Range"))
	require.Empty(t, asked()[0].Get("If-Range"), "the mirror does not know what another has sent")
}

// A server that ignores ranges sends the file from its beginning, and so does one
// whose file has changed since.
func TestTransferStartsAgain(t *testing.T) {
	b, f := someFile(100_000)
	other := make([]byte, len(b))
	for name, handler := range map[string]func(try int, w http.ResponseWriter, r *http.Request){
		"ranges ignored": func(try int, w http.ResponseWriter, r *http.Request) {
			r.Header.Del("Range")
			content(b)(&cutWriter{w, 40_000 * try}, r)
		},
		"another version": func(try int, w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", fmt.Sprintf(`"version-%d"`, try))
			if try == 1 {
				content(other)(&cutWriter{w, 40_000}, r)
			}
			content(b)(w, r)
		},
	} {
		try := 0
		url, asked := serve(t, func(w http.ResponseWriter, r *http.Request) {
			try++
			handler(try, w, r)
		})
		f.URLs = []string{url}
		path := filepath.Join(t.TempDir(), "file.gz")
		require.NoError(t, newTransfer(stallTime, nil).fetch(t.Context(), f, path), name)
		requireFile(t, path, b)
		require.Equal(t, "bytes=40000-", asked()[1].Get("Range"), name)
	}
}

// Each of these servers fails in its own way. Nothing is put in place, and the
// next mirror delivers.
func TestTransferFromBadServers(t *testing.T) {
	b, f := someFile(100_000)
	wrong := make([]byte, len(b))
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	chunked := func(parts ...[]byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for _, p := range parts {
				_, _ = w.Write(p)
				w.(http.Flusher).Flush()
			}
		}
	}
	ranged := func(value string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Range") == "" {
				content(b)(&cutWriter{w, 50_000}, r)
			}
			w.Header().Set("Content-Range", value)
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(b[50_000:])
		}
	}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"not found":             {http.NotFound, "the server answers 404 Not Found"},
		"failure":               {status(500), "the server answers 500 Internal Server Error"},
		"forbidden":             {status(403), "the server answers 403 Forbidden"},
		"no content":            {status(204), "the server answers 204 No Content"},
		"not modified":          {status(304), "the server answers 304 Not Modified"},
		"unknown status":        {status(799), "the server answers 799 "},
		"a range, unasked":      {ranged("bytes 0-99999/100000"), "want the range bytes 50000-99999/100000, got"},
		"a page instead":        {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }, "want 100000 bytes, but the server promises 6"},
		"nothing":               {status(200), "want 100000 bytes, but the server promises 0"},
		"one byte less":         {content(b[1:]), "want 100000 bytes, but the server promises 99999"},
		"one byte more":         {content(append([]byte{0}, b...)), "want 100000 bytes, but the server promises 100001"},
		"wrong bytes":           {content(wrong), "want the SHA-256 " + f.SHA256 + ", got "},
		"wrong bytes, chunked":  {chunked(b[:99_000], wrong[:1000]), "want the SHA-256 " + f.SHA256 + ", got "},
		"short, chunked":        {chunked(b[:60_000]), "want 100000 bytes, but the server sends only 60000"},
		"long, chunked":         {chunked(b, []byte{0}), "want 100000 bytes, but the server sends more"},
		"without end":           {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, zeros{}) }, "want 100000 bytes, but the server sends more"},
		"breaks at once":        {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
		"breaks at 10, always":  {func(w http.ResponseWriter, r *http.Request) { r.Header.Del("Range"); content(b)(&cutWriter{w, 10}, r) }, "the connection broke after 10 of 100000 bytes"},
		"another range":         {ranged("bytes 0-49999/100000"), `want the range bytes 50000-99999/100000, got "bytes 0-49999/100000"`},
		"range of another file": {ranged("bytes 50000-99999/100001"), `got "bytes 50000-99999/100001"`},
		"a range and a lie":     {ranged("bytes 50000-59999/100000"), `got "bytes 50000-59999/100000"`},
		"a range without words": {ranged(""), `got ""`},
		"a range of nonsense":   {ranged(strings.Repeat("z", 5000)), `(5000 bytes)`},
		"compressed length": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Length", strconv.Itoa(len(wrong)))
			_, _ = w.Write(wrong)
		}, "want the SHA-256"},
		"redirects without end": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) }, "more than 5 redirects"},
		"redirect to a file": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		}, "a redirect to an address that is not http or https"},
		"redirect to ftp": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "ftp://localhost/", http.StatusFound)
		}, "a redirect to an address that is not http or https"},
		"redirect to nowhere": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusFound) }, "302"},
		"no range, always 416": {func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Range") != "" {
				w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
				return
			}
			content(b)(&cutWriter{w, 100}, r)
		}, "given up after 10 tries: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := f
			bad, _ := serve(t, c.handler)
			good, _ := serve(t, content(b))
			path := filepath.Join(t.TempDir(), "file.gz")
			transfer := newTransfer(stallTime, nil)
			defer transfer.client.CloseIdleConnections()

			f.URLs = []string{bad}
			err := transfer.fetch(t.Context(), f, path)
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, bad)
			require.Less(t, len(err.Error()), 1000)
			require.NoFileExists(t, path)

			f.URLs = []string{bad, good}
			require.NoError(t, transfer.fetch(t.Context(), f, path))
			requireFile(t, path, b)
			require.Equal(t, []string{"file.gz"}, names(t, filepath.Dir(path)))
		})
	}
}

// zeros never ends.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// Where no mirror helps, the error names each with its fault.
func TestTransferErrorsOfAllMirrors(t *testing.T) {
	missing, _ := serve(t, http.NotFound)
	short, _ := serve(t, content([]byte("abc")))
	_, f := someFile(100, missing, short, "http://127.0.0.1:1/refused")
	err := newTransfer(stallTime, nil).fetch(t.Context(), f, filepath.Join(t.TempDir(), "file.gz"))
	require.ErrorContains(t, err, strconv.Quote(missing)+": the server answers 404 Not Found; ")
	require.ErrorContains(t, err, strconv.Quote(short)+": want 100 bytes, but the server promises 3; ")
	require.ErrorContains(t, err, "refused")
}

// A folder that disappears is no fault of a mirror.
func TestTransferErrorsOfTheDisk(t *testing.T) {
	b, f := someFile(100_000)
	dir := filepath.Join(t.TempDir(), "folder")
	require.NoError(t, os.Mkdir(dir, 0o755))
	url, asked := serve(t, func(w http.ResponseWriter, r *http.Request) {
		require.NoError(t, os.RemoveAll(dir))
		content(b)(w, r)
	})
	f.URLs = []string{url, url}
	err := newTransfer(stallTime, nil).fetch(t.Context(), f, filepath.Join(dir, "file.gz"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.Len(t, asked(), 1, "no other mirror is asked")

	err = newTransfer(stallTime, nil).fetch(t.Context(), f, filepath.Join(dir, "file.gz"))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// raw returns a transfer that gets the given answer, byte for byte, from every
// server. The connection then ends, or says nothing any more.
func raw(t testing.TB, answer string, silent bool) *transfer {
	transfer := newTransfer(stallTime, nil)
	transfer.client.Transport.(*http.Transport).DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
		if answer == "" && silent {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		here, there := net.Pipe()
		go func() {
			defer there.Close()
			buf := make([]byte, 4096)
			for end := ""; !strings.HasSuffix(end, "\r\n\r\n"); {
				n, err := there.Read(buf)
				if err != nil {
					return
				}
				end += string(buf[:n])
			}
			if _, err := io.WriteString(there, answer); err == nil && silent {
				_, _ = io.Copy(io.Discard, there) // until the other side closes
			}
		}()
		return here, nil
	}
	t.Cleanup(transfer.client.CloseIdleConnections)
	return transfer
}

// A server that says nothing for half a minute is given up, wherever it stops.
func TestTransferStalls(t *testing.T) {
	b, f := someFile(1000, "http://a.example/", "http://b.example/")
	head := "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
	for _, n := range []int{0, 5, len(head) - 1, len(head), len(head) + 500} {
		synctest.Test(t, func(t *testing.T) {
			begin := time.Now()
			transfer := raw(t, (head + string(b))[:n], true)
			path := filepath.Join(t.TempDir(), "file.gz")
			err := transfer.fetch(t.Context(), f, path)
			require.Error(t, err)
			// What has come before it stops is worth one try more.
			require.Equal(t, 2, strings.Count(err.Error(), "the server has sent nothing for 30s"), err.Error())
			require.NoFileExists(t, path)
			require.GreaterOrEqual(t, time.Since(begin), 2*stallTime)
			require.LessOrEqual(t, time.Since(begin), 5*stallTime)
			transfer.client.CloseIdleConnections()
		})
	}
}

// However slowly the bytes come, a server that goes on sending is heard.
func TestTransferIsPatient(t *testing.T) {
	b, f := someFile(50, "http://a.example/")
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		transfer := newTransfer(stallTime, nil)
		transfer.client.Transport.(*http.Transport).DialContext = func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			go func() {
				defer there.Close()
				_, _ = there.Read(make([]byte, 4096))
				_, _ = io.WriteString(there, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\nConnection: close\r\n\r\n")
				for i := range b {
					time.Sleep(stallTime - time.Second)
					_, _ = there.Write(b[i : i+1])
				}
			}()
			return here, nil
		}
		path := filepath.Join(t.TempDir(), "file.gz")
		require.NoError(t, transfer.fetch(t.Context(), f, path))
		requireFile(t, path, b)
		require.GreaterOrEqual(t, time.Since(begin), 49*(stallTime-time.Second))
		transfer.client.CloseIdleConnections()
	})
}

// Whatever a server says, a file that is put in place is the right one.
func FuzzTransfer(f *testing.F) {
	b, file := someFile(20, "http://a.example/", "http://b.example/")
	whole := "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" + string(b)
	for _, seed := range []string{
		whole, whole[:50], "", "\x00\xff", "HTTP/1.1 200 OK\r\n\r\n" + string(b), "HTTP/0.9 200\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n" + string(b) + "\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
		"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 10-19/20\r\nContent-Length: 10\r\n\r\n" + string(b[10:]),
		"HTTP/1.1 302 Found\r\nLocation: http://c.example/\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: ::::\r\n\r\n",
		"HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/1.1 416 No\r\n\r\n", strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 10),
	} {
		f.Add(seed, uint8(0))
		f.Add(seed, uint8(10))
	}
	f.Fuzz(func(t *testing.T, answer string, have uint8) {
		dir := t.TempDir()
		if have > 0 {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "file.gz.00000000.part"), b[:min(int(have), 20)], 0o600))
		}
		path := filepath.Join(dir, "file.gz")
		transfer := raw(t, answer, false)
		err := transfer.fetch(t.Context(), file, path)
		transfer.client.CloseIdleConnections()
		if err == nil {
			requireFile(t, path, b)
			require.Equal(t, []string{"file.gz"}, names(t, dir))
			return
		}
		require.NotEmpty(t, err.Error())
		_, err = os.Stat(path)
		require.True(t, errors.Is(err, fs.ErrNotExist))
	})
}
