//go:build unix && !linux

package capture

import "syscall"

// endWithParent does nothing here. The browser ends by itself when its pipe
// closes.
func endWithParent(*syscall.SysProcAttr) {}
