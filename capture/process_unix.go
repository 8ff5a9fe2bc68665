//go:build unix

package capture

import (
	"os"
	"syscall"
)

// configure gives the browser its ends of the pipes, as its descriptors 3 and
// 4, and a process group of its own, so that its helpers end with it.
func (p *process) configure(childR, childW, _, _ *os.File) {
	p.cmd.ExtraFiles = []*os.File{childR, childW}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	endWithParent(p.cmd.SysProcAttr)
}

// kill ends the browser and all processes that it started.
func (p *process) kill() error {
	return syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
}
