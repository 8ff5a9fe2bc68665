package capture

import "syscall"

// endWithParent makes the kernel end the browser when this program dies in a
// way that leaves it no time to do so itself.
func endWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGKILL }
