package train

import "fmt"

// A StopError says that training stopped early, and where. Err is the reason:
// that of a context that is done, so that errors.Is(err, context.Cause(ctx))
// tells an interruption, or an [*autograd.NaNError].
type StopError struct {
	Epoch int // from 1
	Step  int // the last step done, from 1 over all epochs; 0 for none
	Err   error
}

func (e *StopError) Error() string {
	return fmt.Sprintf("training stopped in epoch %d after step %d: %v", e.Epoch, e.Step, e.Err)
}

func (e *StopError) Unwrap() error { return e.Err }
