package data

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/descent-ml/descent/internal/quote"
)

const (
	maxRedirects = 5
	maxTries     = 10      // of one mirror; all but the last have brought something
	pieceBytes   = 1 << 16 // what is read at a time
)

// A transfer fetches files from servers.
type transfer struct {
	client   *http.Client
	stall    time.Duration
	progress func(name string, done, size int64)
	piece    [pieceBytes]byte
}

func newTransfer(stall time.Duration, progress func(name string, done, size int64)) *transfer {
	t := &transfer{client: &http.Client{CheckRedirect: checkRedirect}, stall: stall, progress: progress}
	if standard, ok := http.DefaultTransport.(*http.Transport); ok {
		own := standard.Clone()
		own.DisableCompression = true // the bytes are to be those of the file
		t.client.Transport = own
	}
	return t
}

func checkRedirect(r *http.Request, via []*http.Request) error {
	switch {
	case len(via) > maxRedirects:
		return fmt.Errorf("more than %d redirects", maxRedirects)
	case !isWeb(r.URL):
		return errors.New("a redirect to an address that is not http or https")
	}
	return nil
}

// fetch puts f at path, unless it is there.
func (t *transfer) fetch(ctx context.Context, f RemoteFile, path string) error {
	if there, err := f.isAt(path); there || err != nil {
		return err
	}
	p, err := openPart(path, f.Size)
	if err != nil {
		return err
	}
	var failed error
	for _, url := range f.URLs {
		err := t.mirror(ctx, url, f, p, path)
		if err == nil {
			p.drop()
			remove(leftParts(path, ""))
			return nil
		}
		if p.err != nil {
			p.keep()
			return p.err
		}
		failed = also(failed, fmt.Errorf("%s: %w", quote.Short(url), err))
		if ctx.Err() != nil {
			break
		}
	}
	p.keep()
	return failed
}

// mirror fetches f from one mirror and puts it in place.
func (t *transfer) mirror(ctx context.Context, url string, f RemoteFile, p *part, path string) error {
	a := attempt{transfer: t, url: url, file: f, part: p, foreign: p.size > 0}
	for try := 1; ; try++ {
		before := p.size
		err := a.run(ctx)
		switch {
		case err == nil:
			if err = p.place(f, path); !isContent(err) {
				return t.placed(f, p, path, err)
			}
			p.cut()
			if !a.foreign {
				return err
			}
			// The first bytes came from elsewhere. Perhaps they were the wrong ones.
			a.foreign, a.validator = false, ""
		case ctx.Err() != nil || p.err != nil || p.size <= before && !a.again:
			return err
		}
		if try == maxTries {
			return fmt.Errorf("given up after %d tries: %w", try, err)
		}
	}
}

// placed says how it went to put a file in place. Where that failed, another
// process may have been faster.
func (t *transfer) placed(f RemoteFile, p *part, path string, err error) error {
	if err == nil {
		return nil
	}
	if there, _ := f.isAt(path); there {
		return nil
	}
	p.err = err
	return err
}

// An attempt is one request after another to the same mirror.
type attempt struct {
	*transfer
	url       string
	file      RemoteFile
	part      *part
	foreign   bool   // the part has bytes that this mirror did not send just now
	validator string // by which the mirror knows the version that it sent
	again     bool   // another try makes sense though nothing has come
}

// run asks for the bytes that are missing, and returns nil when all are there.
func (a *attempt) run(ctx context.Context) error {
	a.again = false
	if a.part.size == a.file.Size {
		return nil
	}
	stalled := fmt.Errorf("the server has sent nothing for %v", a.stall)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timer := time.AfterFunc(a.stall, func() { cancel(stalled) })
	defer timer.Stop()
	err := a.ask(ctx, timer)
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// ask sends a request and appends what comes.
func (a *attempt) ask(ctx context.Context, timer *time.Timer) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, a.url, nil)
	if err != nil {
		return err
	}
	r.Header.Set("User-Agent", "descent")
	r.Header.Set("Accept-Encoding", "identity")
	if a.part.size > 0 {
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-", a.part.size))
		if a.validator != "" {
			r.Header.Set("If-Range", a.validator)
		}
	}
	answer, err := a.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	timer.Reset(a.stall)
	if err := a.begin(answer); err != nil {
		return err
	}
	return a.receive(answer.Body, timer)
}

// begin looks at the head of an answer. It empties the part when the answer is
// the file from its beginning.
func (a *attempt) begin(answer *http.Response) error {
	from := a.part.size
	switch answer.StatusCode {
	case http.StatusOK:
		from = 0
	case http.StatusPartialContent:
		want := fmt.Sprintf("bytes %d-%d/", from, a.file.Size-1)
		if got := answer.Header.Get("Content-Range"); from == 0 || got != want+"*" && got != want+fmt.Sprint(a.file.Size) {
			return a.restart(fmt.Errorf("want the range %s%d, got %s", want, a.file.Size, quote.Short(got)))
		}
	case http.StatusRequestedRangeNotSatisfiable:
		return a.restart(errors.New("the server has no bytes after those that are there"))
	default:
		return fmt.Errorf("the server answers %d %s", answer.StatusCode, http.StatusText(answer.StatusCode))
	}
	if n := answer.ContentLength; n >= 0 && n != a.file.Size-from {
		return fmt.Errorf("want %d bytes, but the server promises %d", a.file.Size-from, n)
	}
	if from == 0 {
		a.part.cut()
		a.foreign = false
	}
	a.validator = validator(answer.Header)
	return a.part.err
}

// restart empties the part for another try when the bytes in it may be what is
// wrong.
func (a *attempt) restart(err error) error {
	a.again = a.part.size > 0
	a.part.cut()
	a.foreign, a.validator = false, ""
	return err
}

// validator returns what If-Range takes: a strong entity tag, or else the date of
// the last change (RFC 9110, section 13.1.5).
func validator(h http.Header) string {
	if tag := h.Get("ETag"); tag != "" && !strings.HasPrefix(tag, "W/") {
		return tag
	}
	return h.Get("Last-Modified")
}

// receive appends the body of an answer.
func (a *attempt) receive(body io.Reader, timer *time.Timer) error {
	for {
		n, err := body.Read(a.piece[:])
		if n > 0 {
			timer.Reset(a.stall)
			if int64(n) > a.file.Size-a.part.size {
				a.part.cut()
				return fmt.Errorf("want %d bytes, but the server sends more", a.file.Size)
			}
			if _, err := a.part.Write(a.piece[:n]); err != nil {
				return err
			}
			if a.progress != nil {
				a.progress(a.file.Name, a.part.size, a.file.Size)
			}
		}
		switch {
		case err == io.EOF && a.part.size == a.file.Size:
			return nil
		case err == io.EOF:
			return fmt.Errorf("want %d bytes, but the server sends only %d", a.file.Size, a.part.size)
		case err != nil:
			return fmt.Errorf("the connection broke after %d of %d bytes: %w", a.part.size, a.file.Size, err)
		}
	}
}

// also joins what was wrong with one mirror to what was wrong with those before.
func also(before, err error) error {
	if before == nil {
		return err
	}
	return fmt.Errorf("%w; %w", before, err)
}
