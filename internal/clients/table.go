package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/descent-ml/descent/codec/npy"
	"github.com/descent-ml/descent/data/table"
	"github.com/descent-ml/descent/tensor"
)

// csvFiles writes each table again, its columns of numbers as arrays, the file with
// two more columns, and the description of the table.
func csvFiles(from, to string) error {
	return each(from, ".csv", func(name, path string) error {
		f, err := table.Open(path, table.Options{})
		if err != nil {
			return err
		}
		t, err := f.Read()
		if err != nil {
			return err
		}
		if err := extended(f, filepath.Join(to, name+".extended.csv")); err != nil {
			return err
		}
		report, err := json.Marshal(table.Describe(t))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, name+".json"), report, 0o666); err != nil {
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

// extended writes the file with half of the whole numbers, and a note that needs
// quotes.
func extended(f *table.File, path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	row := 0
	err = f.Extend(file, 7, func(t *table.Table) ([]table.Column, error) {
		half := table.Column{Field: table.Field{Name: "half", Kind: table.Number}}
		note := table.Column{Field: table.Field{Name: "note", Kind: table.Text}}
		for i := range t.Len() {
			half.Numbers = append(half.Numbers, t.Columns[1].Numbers[i]/2)
			note.Text = append(note.Text, fmt.Sprintf("row %d, \"%s\"", row, t.Columns[2].Value(i)))
			row++
		}
		return []table.Column{half, note}, nil
	})
	if err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
