package autograd_test

import (
	"testing"

	"github.com/descent-ml/descent/internal/levels"
)

func TestMain(m *testing.M) { levels.Run(m) }
