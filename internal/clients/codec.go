package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/descent-ml/descent/codec/npy"
	"github.com/descent-ml/descent/codec/safetensors"
	"github.com/descent-ml/descent/codec/wav"
	"github.com/descent-ml/descent/tensor"
)

// formula returns x[i, j] = i − j/4 of shape [3 5].
func formula(dtype tensor.DType) *tensor.Tensor {
	x := tensor.ZerosOf(dtype, 3, 5)
	for i := range 3 {
		for j := range 5 {
			x.Set(float64(i)-float64(j)/4, i, j)
		}
	}
	return x
}

// npyFiles writes each array again: as it is, as a tensor, and as integers.
func npyFiles(from, to string) error {
	err := each(from, ".npy", func(name, path string) error {
		a, err := npy.ReadFile(path)
		if err != nil {
			return err
		}
		if err := npy.WriteFile(filepath.Join(to, name+".npy"), a); err != nil {
			return err
		}
		x, err := a.Tensor()
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := npy.WriteFile(filepath.Join(to, name+".tensor.npy"), npy.FromTensor(x)); err != nil {
			return err
		}
		switch a.DType() {
		case "float16", "float32", "float64":
			return nil
		}
		ints, err := a.Ints()
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return npy.WriteFile(filepath.Join(to, name+".ints.npy"), npy.FromInts(ints, a.Shape()...))
	})
	if err != nil {
		return err
	}
	err = each(filepath.Join(from, "refused"), ".npy", func(name, path string) error {
		if a, err := npy.ReadFile(path); err == nil {
			return fmt.Errorf("%s is read as %s, want an error", path, a.DType())
		}
		return nil
	})
	if err != nil {
		return err
	}
	ints := make([]int, 5)
	for i := range ints {
		ints[i] = i*i - 3
	}
	for name, a := range map[string]*npy.Array{
		"formula32": npy.FromTensor(formula(tensor.Float32)),
		"formula64": npy.FromTensor(formula(tensor.Float64)),
		"formula":   npy.FromInts(ints, 5),
	} {
		if err := npy.WriteFile(filepath.Join(to, name+".npy"), a); err != nil {
			return err
		}
	}
	return nil
}

func npzFiles(from, to string) error {
	return each(from, ".npz", func(name, path string) error {
		arrays, err := npy.ReadZipFile(path)
		if err != nil {
			return err
		}
		return npy.WriteZipFile(filepath.Join(to, name+".npz"), arrays)
	})
}

func safetensorsFiles(from, to string) error {
	err := each(from, ".safetensors", func(name, path string) error {
		f, err := safetensors.ReadFile(path)
		if err != nil {
			return err
		}
		return safetensors.WriteFile(filepath.Join(to, name+".safetensors"), f)
	})
	if err != nil {
		return err
	}
	return safetensors.WriteFile(filepath.Join(to, "formula.safetensors"), &safetensors.File{Tensors: []tensor.Named{
		{Name: "x", Value: formula(tensor.Float32)},
		{Name: "y", Value: formula(tensor.Float64)},
	}})
}

// wavFiles writes each sound again: as it is, and as an array of samples.
func wavFiles(from, to string) error {
	formats := map[string]wav.Format{
		"u8": wav.PCM8, "i16": wav.PCM16, "i24": wav.PCM24, "i32": wav.PCM32, "f32": wav.Float32, "f64": wav.Float64,
	}
	err := each(from, ".wav", func(name, path string) error {
		f, err := wav.ReadFile(path)
		if err != nil {
			return err
		}
		if err := npy.WriteFile(filepath.Join(to, name+".npy"), npy.FromTensor(f.Samples)); err != nil {
			return err
		}
		kind, _, _ := strings.Cut(name, "_")
		return wav.WriteFile(filepath.Join(to, name+".wav"), f, formats[kind])
	})
	if err != nil {
		return err
	}
	ramp := tensor.Zeros(1, 256)
	for i := range 256 {
		ramp.Set(float64(i-128)/128, 0, i)
	}
	for name, format := range map[string]wav.Format{"8": wav.PCM8, "16": wav.PCM16, "24": wav.PCM24, "32": wav.PCM32} {
		if err := wav.WriteFile(filepath.Join(to, "formula"+name+".wav"), &wav.File{SampleRate: 8000, Samples: ramp}, format); err != nil {
			return err
		}
	}
	return nil
}
