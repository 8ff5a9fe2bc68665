package evidence

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// hashing holds a token for each file that is being hashed, in the whole
// process: no more than there are processors.
var hashing = make(chan struct{}, runtime.GOMAXPROCS(0))

// inParallel calls f for each number below n, several at once, and returns the
// error of the lowest number of those that failed. After an error it begins no
// further call.
func inParallel(ctx context.Context, n int, f func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make([]error, n)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, cap(hashing)) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				if errs[i] = ctx.Err(); errs[i] == nil {
					errs[i] = f(ctx, int(i))
				}
				if errs[i] != nil {
					cancel()
					return
				}
			}
		})
	}
	wg.Wait()
	return firstError(errs)
}

// firstError prefers what failed to what was then stopped.
func firstError(errs []error) (stopped error) {
	for _, err := range errs {
		switch {
		case err == nil:
		case err != context.Canceled: //nolint:errorlint // what ctx.Err returns, unwrapped
			return err
		case stopped == nil:
			stopped = err
		}
	}
	return stopped
}

// InOrder calls work for each number below n, several at once, and use with
// each result, one after the other, in the order of the numbers. It holds a few
// results for each processor at most. It returns the first error, when all calls
// of work have ended.
func InOrder[T any](ctx context.Context, n int, work func(ctx context.Context, i int) (T, error), use func(i int, v T) error) error {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	type result struct {
		v   T
		err error
	}
	ahead := 4 * cap(hashing)
	results := make([]chan result, n)
	begin := func(i int) {
		if i >= n {
			return
		}
		results[i] = make(chan result, 1)
		wg.Go(func() {
			v, err := work(ctx, i)
			results[i] <- result{v, err}
		})
	}
	for i := range ahead {
		begin(i)
	}
	for i := range n {
		r := <-results[i]
		results[i] = nil
		if r.err == nil {
			r.err = use(i, r.v)
		}
		if r.err != nil {
			return r.err
		}
		begin(i + ahead)
	}
	return nil
}
