package replay

import (
	_ "embed" // js/prelude.js
	"fmt"
	"time"
)

//go:embed js/prelude.js
var preludeScript string

// seed is what Math.random begins with.
const seed = 1

// prelude returns the script that moves the page's clock.
func prelude(offset time.Duration) string {
	return fmt.Sprintf("(%s)({ offset: %d, seed: %d })", preludeScript, offset.Milliseconds(), seed)
}
