package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/descent-ml/descent/codec/safetensors"
	"github.com/descent-ml/descent/internal/quote"
	"github.com/descent-ml/descent/nn"
)

// maxConfig is the largest JSON file of a run folder that is read, in bytes.
const maxConfig = 16 << 20

// readSettings takes the settings of the run that is resumed. Flags that say how
// to learn would make it another run.
func (c *trainCommand) readSettings() error {
	if c.given {
		return &usageError{fmt.Errorf("--resume goes on with the settings of the run; only --keep, --every, --threads, --quiet and --json can be given with it"), "descent train --help"}
	}
	return readConfig(c.Resume, &c.settings)
}

// readConfig reads the settings of the run in a folder.
func readConfig(dir string, s *settings) error {
	*s = settings{}
	if err := readJSONFile(filepath.Join(dir, configFile), s); err != nil {
		return fmt.Errorf("%s is not the folder of a run: %w", dir, err)
	}
	if !slices.Contains([]kindOfData{"", pictures, tables, texts}, s.Kind) {
		return fmt.Errorf("%s: there is no kind of data %s", filepath.Join(dir, configFile), quote.Short(string(s.Kind)))
	}
	if err := s.check(); err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(dir, configFile), err)
	}
	if s.Epochs < 1 || s.Batch < 1 || s.Model == "" || s.WeightDecay == nil {
		return fmt.Errorf("%s lacks settings that a run has decided", filepath.Join(dir, configFile))
	}
	return nil
}

// readJSONFile reads a file that holds one JSON value with no unknown members.
func readJSONFile(path string, v any) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, maxConfig+1))
	switch {
	case err != nil:
		return err
	case len(b) > maxConfig:
		return fmt.Errorf("%s has more than %d bytes", path, maxConfig)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// loadWeights reads the weights of the run in a folder into its model.
func loadWeights(dir string, model any) error {
	path := filepath.Join(dir, weightsFile)
	file, err := safetensors.ReadFile(path)
	if err != nil {
		return err
	}
	if err := nn.LoadState(model, file.Tensors); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
