package capture

import (
	"fmt"
	"os"
	"syscall"
)

// configure hands the browser its ends of the pipes as inherited handles, which
// it takes from a flag: there are no descriptors 3 and 4 here.
func (p *process) configure(childR, childW, parentR, parentW *os.File) {
	for _, f := range []*os.File{parentR, parentW} {
		syscall.SetHandleInformation(syscall.Handle(f.Fd()), syscall.HANDLE_FLAG_INHERIT, 0)
	}
	r, w := syscall.Handle(childR.Fd()), syscall.Handle(childW.Fd())
	p.cmd.SysProcAttr = &syscall.SysProcAttr{AdditionalInheritedHandles: []syscall.Handle{r, w}}
	p.cmd.Args = append(p.cmd.Args, fmt.Sprintf("--remote-debugging-io-pipes=%d,%d", r, w))
}

// kill ends the browser. Its helpers end when they lose the connection to it.
func (p *process) kill() error { return p.cmd.Process.Kill() }
