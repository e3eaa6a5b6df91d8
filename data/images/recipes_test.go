package images

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/url"
	"path"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/data"
)

// What is wrong with a recipe panics before a server is asked.
func TestRecipes(t *testing.T) {
	t.Setenv("DESCENT_CACHE", t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var names []string
	sums := map[string]string{}
	for _, r := range Recipes() {
		names = append(names, r.Name)
		_, err := data.Download(ctx, r, nil)
		require.ErrorIs(t, err, context.Canceled)
		for _, f := range r.Files {
			require.Empty(t, sums[f.SHA256], "%s has the hash of another file", f.Name)
			sums[f.SHA256] = f.Name
			_, err := hex.DecodeString(f.SHA256)
			require.NoError(t, err)
			require.GreaterOrEqual(t, len(f.URLs), 2)
			for _, s := range f.URLs {
				u, err := url.Parse(s)
				require.NoError(t, err)
				require.Equal(t, f.Name, path.Base(u.Path))
			}
		}
	}
	require.Equal(t, []string{"mnist", "fashion-mnist", "cifar10"}, names)
}

func ExampleRecipes() {
	for _, r := range Recipes() {
		size := int64(0)
		for _, f := range r.Files {
			size += f.Size
		}
		fmt.Printf("%s: %d files, %d MB\n", r.Name, len(r.Files), size/1_000_000)
	}
	// Output:
	// mnist: 4 files, 11 MB
	// fashion-mnist: 4 files, 30 MB
	// cifar10: 1 files, 170 MB
}
