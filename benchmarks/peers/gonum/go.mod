module github.com/descent-ml/descent/benchmarks/peers/gonum

go 1.26.0

require (
	github.com/descent-ml/descent v0.0.0
	gonum.org/v1/gonum v0.17.0
)

replace github.com/descent-ml/descent => ../../..
