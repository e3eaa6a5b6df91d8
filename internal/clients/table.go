package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/descent-ml/descent/codec/npy"
	"github.com/descent-ml/descent/data/table"
	"github.com/descent-ml/descent/tensor"
)

// csvFiles writes each table again, and its columns of numbers as arrays.
func csvFiles(from, to string) error {
	return each(from, ".csv", func(name, path string) error {
		t, err := table.ReadFile(path, table.Options{})
		if err != nil {
			return err
		}
		kinds := []table.Kind{table.Number, table.Number, table.Category, table.Date, table.Text}
		for i, c := range t.Columns {
			if c.Kind != kinds[i] {
				return fmt.Errorf("%s: column %s is of kind %v, want %v", path, c.Name, c.Kind, kinds[i])
			}
			if c.Kind != table.Number {
				continue
			}
			x := tensor.New(c.Numbers, c.Len())
			if err := npy.WriteFile(filepath.Join(to, name+"."+c.Name+".npy"), npy.FromTensor(x)); err != nil {
				return err
			}
		}
		file, err := os.Create(filepath.Join(to, name+".csv"))
		if err != nil {
			return err
		}
		if err := table.Write(file, t); err != nil {
			file.Close()
			return err
		}
		return file.Close()
	})
}
