package idx_test

import (
	"bytes"
	"fmt"

	"github.com/descent-ml/descent/codec/idx"
)

// A large file is read from front to back.
func ExampleReader_Skip() {
	var file bytes.Buffer
	if err := idx.Write(&file, &idx.Array{Shape: []int{4, 2}, Data: []byte{1, 2, 3, 4, 5, 6, 7, 8}}); err != nil {
		fmt.Println(err)
		return
	}
	r, err := idx.Open(&file)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Shape(), r.Skip(6))
	last, err := r.Next(2)
	fmt.Println(last, err, r.End())
	fmt.Println("at most", idx.MaxRank, "axes and", idx.MaxBytes>>30, "GiB")
	// Output:
	// [4 2] <nil>
	// [7 8] <nil> <nil>
	// at most 4 axes and 1 GiB
}
