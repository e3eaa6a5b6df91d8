package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // formats of [image.Decode]
	_ "image/jpeg"
	_ "image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/descent-ml/descent/codec/wav"
	"github.com/descent-ml/descent/data/images"
	"github.com/descent-ml/descent/internal/classes"
	"github.com/descent-ml/descent/internal/quote"
)

// wavFacts are the facts of a recording.
type wavFacts struct {
	head
	Format   string  `json:"format"`
	Rate     int     `json:"rate"` // frames a second
	Channels int     `json:"channels"`
	Frames   int     `json:"frames"`
	Seconds  float64 `json:"seconds"`
	Peak     float64 `json:"peak"` // the largest magnitude of the finite samples
	stats
}

func (f *wavFacts) print(con *console) {
	f.head.print(con, f.Format)
	g := grid{left: 2}
	g.add("rate", thousands(f.Rate)+" Hz")
	g.add("channels", thousands(f.Channels))
	g.add("length", fmt.Sprintf("%.3f s, %s", f.Seconds, plural(f.Frames, "frame")))
	g.add("peak", number(f.Peak).String())
	g.add("mean", f.Mean.String())
	if f.NaN+f.Inf > 0 {
		g.add("NaN, Inf", thousands(f.NaN)+", "+thousands(f.Inf))
	}
	g.print(con)
}

func inspectWAV(ctx context.Context, h head) (facts, error) {
	h.Kind = "WAVE"
	file, err := os.Open(h.Path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	r, err := wav.Open(bufio.NewReader(file))
	if err != nil {
		return nil, err
	}
	f := &wavFacts{head: h, Format: r.Format.String(), Rate: r.SampleRate, Channels: r.Channels}
	part := make([]float32, max(1<<14/r.Channels, 1)*r.Channels)
	t := newTally()
	for ctx.Err() == nil {
		n, err := r.Next(part)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		for _, v := range part[:n*r.Channels] {
			t.add(float64(v))
		}
		f.Frames += n
	}
	f.stats = t.stats()
	if t.finite > 0 {
		f.Peak = max(math.Abs(t.lo), math.Abs(t.hi))
	}
	f.Seconds = float64(f.Frames) / float64(r.SampleRate)
	return f, ctx.Err()
}

// pictureFacts are the facts of a picture.
type pictureFacts struct {
	head
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Colour string `json:"colour"`
}

func (f *pictureFacts) print(con *console) {
	f.head.print(con, fmt.Sprintf("%s × %s pixels", thousands(f.Width), thousands(f.Height)), f.Colour)
}

// inspectPicture decodes the picture, to know whether it is whole. Of one that
// package images would refuse for its size, it reads the head alone.
func inspectPicture(_ context.Context, h head) (facts, error) {
	file, err := os.Open(h.Path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	c, format, err := image.DecodeConfig(bufio.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("the picture cannot be read: %w", err)
	}
	if int64(c.Width)*int64(c.Height) <= images.MaxPixels {
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		if _, _, err := image.Decode(bufio.NewReader(file)); err != nil {
			return nil, fmt.Errorf("the picture of %d × %d pixels is damaged: %w", c.Width, c.Height, err)
		}
	}
	h.Kind = map[string]string{"png": "PNG", "jpeg": "JPEG", "gif": "GIF"}[format]
	return &pictureFacts{h, c.Width, c.Height, colourOf(c.ColorModel)}, nil
}

// colourOf names a colour model.
func colourOf(m color.Model) string {
	switch m {
	case color.GrayModel:
		return "grey"
	case color.Gray16Model:
		return "grey, 16 bits"
	case color.RGBAModel, color.NRGBAModel:
		return "colour"
	case color.RGBA64Model, color.NRGBA64Model:
		return "colour, 16 bits"
	case color.YCbCrModel, color.NYCbCrAModel:
		return "colour (YCbCr)"
	case color.CMYKModel:
		return "colour (CMYK)"
	}
	return "palette"
}

// classFacts are the facts of a folder with a folder for each class.
type classFacts struct {
	head
	Files   int           `json:"files"`
	Classes []class       `json:"classes"`
	Sizes   []pictureSize `json:"sizes,omitempty"`   // of pictures, the smallest first
	Damaged []string      `json:"damaged,omitempty"` // what is wrong with those that cannot be read
	Skipped int           `json:"skipped"`           // other files in the folders
}

type class struct {
	Name  string `json:"name"`
	Files int    `json:"files"`
}

// A pictureSize says how many pictures have a size.
type pictureSize struct {
	Width  int `json:"width"`
	Height int `json:"height"`
	Files  int `json:"files"`
}

// mostListed is how many sizes or damaged files are printed.
const mostListed = 10

func (f *classFacts) print(con *console) {
	f.head.print(con, plural(f.Files, "file"), plural(len(f.Classes), "folder")+" of classes")
	g := grid{left: 1}
	g.add("class", "files", "share")
	for _, c := range f.Classes {
		g.add(c.Name, thousands(c.Files), fmt.Sprintf("%.1f %%", 100*float64(c.Files)/float64(f.Files)))
	}
	con.printf("\n")
	g.print(con)
	if len(f.Sizes) > 0 {
		con.printf("\n")
		g := grid{}
		g.add("width", "height", "files")
		for _, s := range f.Sizes[:min(len(f.Sizes), mostListed)] {
			g.add(thousands(s.Width), thousands(s.Height), thousands(s.Files))
		}
		g.print(con)
		if more := len(f.Sizes) - mostListed; more > 0 {
			con.printf("  and %s\n", plural(more, "other size"))
		}
	}
	if f.Skipped > 0 {
		con.printf("\n  skipped: %s of another kind\n", plural(f.Skipped, "file"))
	}
	printDamaged(con, f.Damaged)
}

// printDamaged prints what is wrong with files.
func printDamaged(con *console, list []string) {
	if len(list) == 0 {
		return
	}
	con.printf("\n")
	for _, d := range list[:min(len(list), mostListed)] {
		con.printf("  damaged: %s\n", quote.Line(d))
	}
	if more := len(list) - mostListed; more > 0 {
		con.printf("  and %s\n", plural(more, "other damaged file"))
	}
}

// inspectClasses describes a folder of pictures or recordings.
func inspectClasses(ctx context.Context, h head, kind string, t *classes.Tree) (facts, error) {
	h.Kind = kind + " by class"
	f := &classFacts{head: h, Files: len(t.Files), Skipped: len(t.Skipped)}
	for _, name := range t.Classes {
		f.Classes = append(f.Classes, class{Name: name})
	}
	sizes := map[image.Point]int{}
	for i, path := range t.Files {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		f.Classes[t.Labels[i]].Files++
		size, bytes, err := glance(path)
		f.Bytes += bytes
		if err != nil {
			f.Damaged = append(f.Damaged, fmt.Sprintf("%s: %v", path, err))
		} else if size != (image.Point{}) {
			sizes[size]++
		}
	}
	f.Sizes = sorted(sizes)
	return f, nil
}

// glance reads the head of a picture or a recording: the size of the picture,
// and that of the file.
func glance(path string) (size image.Point, bytes int64, err error) {
	file, err := os.Open(path)
	if err != nil {
		return size, 0, err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil {
		bytes = info.Size()
	}
	r := bufio.NewReader(file)
	if strings.EqualFold(filepath.Ext(path), ".wav") {
		_, err := wav.Open(r)
		return size, bytes, err
	}
	c, _, err := image.DecodeConfig(r)
	return image.Pt(c.Width, c.Height), bytes, err
}

// sorted returns the sizes of pictures, the smallest first.
func sorted(sizes map[image.Point]int) []pictureSize {
	var list []pictureSize
	for s, n := range sizes {
		list = append(list, pictureSize{s.X, s.Y, n})
	}
	slices.SortFunc(list, func(a, b pictureSize) int {
		return cmp.Or(cmp.Compare(int64(a.Width)*int64(a.Height), int64(b.Width)*int64(b.Height)), a.Width-b.Width)
	})
	return list
}
