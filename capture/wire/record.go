package wire

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// recorder writes the wire record.
type recorder struct {
	mu     sync.Mutex // guards what follows
	w      *pcapgo.NgWriter
	err    error // sticks
	buffer gopacket.SerializeBuffer
	ident  uint16
}

func newRecorder(w io.Writer, application string) (*recorder, error) {
	ng, err := pcapgo.NewNgWriterInterface(w,
		pcapgo.NgInterface{Name: "gate", Description: "the gate's connections; TCP and IP headers made up", LinkType: layers.LinkTypeRaw},
		pcapgo.NgWriterOptions{SectionInfo: pcapgo.NgSectionInfo{Application: application}})
	if err != nil {
		return nil, fmt.Errorf("beginning the wire record: %w", err)
	}
	return &recorder{w: ng, buffer: gopacket.NewSerializeBuffer()}, nil
}

// close ends the record.
func (r *recorder) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = r.w.Flush()
	}
	if r.err != nil {
		return fmt.Errorf("writing the wire record: %w", r.err)
	}
	return nil
}

// stream is one connection in the record. Its fields belong to the recorder.
type stream struct {
	r    *recorder
	ends [2]end // the client's, the server's
}

// end is one end of a stream.
type end struct {
	addr   netip.AddrPort
	seq    uint32 // of the next byte
	closed bool
}

// direction says who sent something.
type direction int

const (
	fromClient direction = 0
	fromServer direction = 1
)

// open writes the handshake of a connection.
func (r *recorder) open(client, server netip.AddrPort) *stream {
	s := &stream{r: r}
	for i, addr := range []netip.AddrPort{client, server} {
		s.ends[i] = end{addr: netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port()), seq: rand.Uint32()}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s.packet(fromClient, layers.TCP{SYN: true}, nil)
	s.packet(fromServer, layers.TCP{SYN: true, ACK: true}, nil)
	s.packet(fromClient, layers.TCP{ACK: true}, nil)
	return s
}

// data writes what passed.
func (s *stream) data(d direction, b []byte) {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	s.packet(d, layers.TCP{ACK: true, PSH: true}, b)
}

// finish writes that one end sends no more; aborted, that it broke off.
func (s *stream) finish(d direction, aborted bool) {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	if s.ends[d].closed {
		return
	}
	s.ends[d].closed = true
	s.packet(d, layers.TCP{ACK: true, FIN: !aborted, RST: aborted}, nil)
}

// packet writes one packet and counts its bytes. The caller holds the lock.
func (s *stream) packet(d direction, tcp layers.TCP, payload []byte) {
	r := s.r
	if r.err != nil {
		return
	}
	from, to := &s.ends[d], &s.ends[1-d]
	tcp.SrcPort, tcp.DstPort = layers.TCPPort(from.addr.Port()), layers.TCPPort(to.addr.Port())
	tcp.Seq, tcp.Window = from.seq, 65535
	if tcp.ACK {
		tcp.Ack = to.seq
	}
	from.seq += uint32(len(payload))
	if tcp.SYN || tcp.FIN {
		from.seq++
	}
	r.ident++
	r.err = r.write(from.addr.Addr(), to.addr.Addr(), &tcp, payload)
}

// write serialises a packet.
func (r *recorder) write(from, to netip.Addr, tcp *layers.TCP, payload []byte) error {
	var ip gopacket.SerializableLayer
	if from.Is4() && to.Is4() {
		v4 := &layers.IPv4{Version: 4, IHL: 5, TTL: 64, Id: r.ident, Protocol: layers.IPProtocolTCP,
			SrcIP: from.AsSlice(), DstIP: to.AsSlice()}
		tcp.SetNetworkLayerForChecksum(v4)
		ip = v4
	} else {
		a, b := from.As16(), to.As16()
		v6 := &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolTCP, SrcIP: a[:], DstIP: b[:]}
		tcp.SetNetworkLayerForChecksum(v6)
		ip = v6
	}
	options := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	if err := gopacket.SerializeLayers(r.buffer, options, ip, tcp, gopacket.Payload(payload)); err != nil {
		return err
	}
	b := r.buffer.Bytes()
	return r.w.WritePacket(gopacket.CaptureInfo{Timestamp: time.Now(), CaptureLength: len(b), Length: len(b)}, b)
}
