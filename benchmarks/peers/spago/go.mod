module github.com/descent-ml/descent/benchmarks/peers/spago

go 1.26.0

require (
	github.com/descent-ml/descent v0.0.0
	github.com/nlpodyssey/spago v1.1.0
)

require github.com/google/flatbuffers v23.5.26+incompatible // indirect

replace github.com/descent-ml/descent => ../../..
