package capture

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"pugmark/evidence"
)

// The structs here are the parts of DevTools protocol events that the recorder
// needs. They stand beside the generated ones for one reason: those decode
// header fields into a map, and an archive keeps their order and repetition.

// fields is a list of header fields. The protocol writes them as an object in
// which a repeated field is one member with its values joined by newlines.
type fields []evidence.Field

// UnmarshalJSON implements [json.Unmarshaler].
func (f *fields) UnmarshalJSON(b []byte) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return err
	}
	*f = nil
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		var value string
		if err := dec.Decode(&value); err != nil {
			return err
		}
		for v := range strings.SplitSeq(value, "\n") {
			*f = append(*f, evidence.Field{Name: name.(string), Value: v})
		}
	}
	return nil
}

// get returns the first value of a field, or "".
func (f fields) get(name string) string {
	for _, field := range f {
		if strings.EqualFold(field.Name, name) {
			return field.Value
		}
	}
	return ""
}

// wallTime is seconds since the Unix epoch.
type wallTime float64

// time returns t to the microsecond, which is what a float64 can tell.
func (t wallTime) time() time.Time {
	return time.UnixMicro(int64(float64(t) * 1e6)).UTC()
}

type requestEvent struct {
	RequestID string `json:"requestId"`
	LoaderID  string `json:"loaderId"`
	Request   struct {
		URL         string `json:"url"`
		Method      string `json:"method"`
		Headers     fields `json:"headers"`
		HasPostData bool   `json:"hasPostData"`
		PostData    []struct {
			Bytes []byte `json:"bytes"`
		} `json:"postDataEntries"`
	} `json:"request"`
	WallTime             wallTime       `json:"wallTime"`
	Initiator            initiator      `json:"initiator"`
	RedirectHasExtraInfo bool           `json:"redirectHasExtraInfo"`
	RedirectResponse     *responseEntry `json:"redirectResponse"`
	Type                 string         `json:"type"`
	FrameID              string         `json:"frameId"`
}

type initiator struct {
	Type string `json:"type"`
	URL  string `json:"url,omitempty"`
}

type responseEvent struct {
	RequestID    string         `json:"requestId"`
	Type         string         `json:"type"`
	Response     *responseEntry `json:"response"`
	HasExtraInfo bool           `json:"hasExtraInfo"`
}

type responseEntry struct {
	URL               string           `json:"url"`
	Status            int              `json:"status"`
	StatusText        string           `json:"statusText"`
	Headers           fields           `json:"headers"`
	MimeType          string           `json:"mimeType"`
	RemoteIP          string           `json:"remoteIPAddress"`
	RemotePort        int              `json:"remotePort"`
	FromDiskCache     bool             `json:"fromDiskCache"`
	FromServiceWorker bool             `json:"fromServiceWorker"`
	FromPrefetchCache bool             `json:"fromPrefetchCache"`
	ConnectionID      float64          `json:"connectionId"`
	Protocol          string           `json:"protocol"`
	Timing            json.RawMessage  `json:"timing"`
	Security          *securityDetails `json:"securityDetails"`
}

// securityDetails is what Chrome says of a connection's TLS.
type securityDetails struct {
	Protocol         string   `json:"protocol"`
	KeyExchangeGroup string   `json:"keyExchangeGroup"`
	Cipher           string   `json:"cipher"`
	SubjectName      string   `json:"subjectName"`
	SanList          []string `json:"sanList"`
	Issuer           string   `json:"issuer"`
	ValidFrom        wallTime `json:"validFrom"`
	ValidTo          wallTime `json:"validTo"`
}

// extraEvent is either of the two ExtraInfo events: what went over the wire.
type extraEvent struct {
	RequestID   string `json:"requestId"`
	Headers     fields `json:"headers"`
	StatusCode  int    `json:"statusCode"`
	HeadersText string `json:"headersText"`
}

type dataEvent struct {
	RequestID  string `json:"requestId"`
	DataLength int64  `json:"dataLength"`
	Data       []byte `json:"data"`
}

type finishedEvent struct {
	RequestID         string  `json:"requestId"`
	EncodedDataLength float64 `json:"encodedDataLength"`
}

type failedEvent struct {
	RequestID     string `json:"requestId"`
	ErrorText     string `json:"errorText"`
	Canceled      bool   `json:"canceled"`
	BlockedReason string `json:"blockedReason"`
}

type attachedEvent struct {
	SessionID  string `json:"sessionId"`
	TargetInfo struct {
		TargetID string `json:"targetId"`
		Type     string `json:"type"`
		URL      string `json:"url"`
		Context  string `json:"browserContextId"`
	} `json:"targetInfo"`
}

type bodyResult struct {
	Body          string `json:"body"`
	Base64Encoded bool   `json:"base64Encoded"`
}

func (b bodyResult) bytes() ([]byte, error) {
	if b.Base64Encoded {
		return base64.StdEncoding.DecodeString(b.Body)
	}
	return []byte(b.Body), nil
}

type streamResult struct {
	BufferedData []byte `json:"bufferedData"`
}
