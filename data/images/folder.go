package images

import (
	"fmt"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/internal/classes"
	"github.com/descent-ml/descent/tensor"
)

// maxLoadBytes is the most memory that [Folder.Load] takes.
const maxLoadBytes = 8 << 30

// A Folder is a [data.Set] of the pictures in a folder, which has a folder for
// each class:
//
//	pets/cat/tom.png   pets/cat/felix.jpg   pets/dog/rex.png
//
// It holds the names alone. A picture is read when a batch with it is filled, so
// that a set may be larger than the memory; with data.Loader.Prefetch several
// pictures are read at the same time. [Folder.Load] reads all of them once.
type Folder struct {
	Format
	Classes []string // the names of the folders, sorted
	Files   []string // the path of each picture
	Labels  []int    // its class, from 0 to len(Classes)−1
	Skipped []string // what lies in the folders and is no picture by its name
}

var _ data.Set[data.Batch] = (*Folder)(nil)

// OpenFolder finds the pictures in dir that get the given format. Classes are
// numbered in the order of their names and pictures come in the order of their
// paths, as in torchvision's ImageFolder. What lies deeper than the folder of a
// class belongs to the class, too. A picture is a file whose name ends with .png,
// .jpg, .jpeg or .gif in letters of either size; other files are listed in Skipped.
// Files and folders whose names begin with a dot are passed over, as are files
// beside the folders of classes. Symbolic links are followed to pictures and to
// folders of classes, but no deeper.
//
// It is an error when dir cannot be read, holds no folder, or one of its folders
// holds no picture. OpenFolder panics with a [*tensor.ArgError] when the format
// makes no sense.
func OpenFolder(dir string, format Format) (*Folder, error) {
	format.check()
	t, err := classes.Find(dir, "picture", ".png", ".jpg", ".jpeg", ".gif")
	if err != nil {
		return nil, fmt.Errorf("folder of pictures: %w", err)
	}
	return &Folder{Format: format, Classes: t.Classes, Files: t.Files, Labels: t.Labels, Skipped: t.Skipped}, nil
}

// Len returns the number of pictures.
func (f *Folder) Len() int { return len(f.Files) }

// Fill makes b the batch of the pictures at the given indices, with X
// [n channels height width] and their Labels. Decoding allocates; the batch itself
// uses its memory again. The error names the picture that cannot be read. Fill
// panics with a [*tensor.ArgError] when an index is out of range.
func (f *Folder) Fill(b *data.Batch, index []int) error {
	f.check()
	b.Labels, b.Index, b.Y = b.Labels[:0], b.Index[:0], nil
	x := b.MakeX(len(index), f.Channels, f.Height, f.Width)
	for k, i := range index {
		if i < 0 || i >= len(f.Files) {
			panic(&tensor.ArgError{Op: "folder of pictures", Reason: fmt.Sprintf("index %d is out of range for %d pictures", i, len(f.Files))})
		}
		if err := f.readFile(x[k*f.size():(k+1)*f.size()], f.Files[i]); err != nil {
			return fmt.Errorf("folder of pictures: %w", err)
		}
		b.Labels = append(b.Labels, f.Labels[i])
	}
	b.Index = append(b.Index, index...)
	return nil
}

// Load reads all pictures into memory. It is an error when one cannot be read, and
// when they would take more than 8 GiB.
func (f *Folder) Load() (*data.Examples, error) {
	f.check()
	if int64(len(f.Files)) > maxLoadBytes/4/int64(f.size()) {
		return nil, fmt.Errorf("folder of pictures: %d pictures of %d × %d × %d numbers take more than the %d bytes that are read into memory at most",
			len(f.Files), f.Channels, f.Height, f.Width, int64(maxLoadBytes))
	}
	return data.Load(f, len(f.Classes))
}
