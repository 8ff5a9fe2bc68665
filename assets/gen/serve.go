//go:build ignore

// Serve serves the sample site on loopback, until it is ended, and prints its
// address.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"time"

	"pugmark/assets"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s\n", listener.Addr())
	server := &http.Server{Handler: assets.Sample(), ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.Serve(listener))
}
