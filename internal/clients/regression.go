package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// regressionFiles learns the prices of houses with the command, as a user would,
// from three seeds, and predicts those of houses that it has not seen.
func regressionFiles(from, to string) error {
	descent := filepath.Join(to, "descent.exe")
	if err := command("go", "build", "-o", descent, "./cmd/descent"); err != nil {
		return err
	}
	for seed := range 3 {
		run := filepath.Join(to, fmt.Sprintf("run%d", seed))
		err := command(descent, "train", "--quiet", "--data", filepath.Join(from, "houses.csv"), "--target", "price", "--seed", fmt.Sprint(seed), "--out", run)
		if err != nil {
			return err
		}
		if err := predicted(filepath.Join(to, fmt.Sprintf("predicted%d.csv", seed)), descent, run, filepath.Join(from, "unseen.csv")); err != nil {
			return err
		}
	}
	return nil
}

// predicted writes to a file what the net of a run says of a table.
func predicted(path, descent, run, table string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	predict := exec.Command(descent, "predict", run, table)
	predict.Stdout, predict.Stderr = file, os.Stderr
	if err := predict.Run(); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

func command(name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	return c.Run()
}
