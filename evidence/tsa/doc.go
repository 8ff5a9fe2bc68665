// Package tsa obtains and checks time stamps (RFC 3161, RFC 5816).
//
// # Request
//
// A request is a TimeStampReq with the SHA-256 digest of what is stamped, a
// random nonce of 64 bits, certReq true, and the policy where one is wanted. It
// is sent by HTTP POST as application/timestamp-query, and the answer is an
// application/timestamp-reply (RFC 3161, section 3.4).
//
// # Response
//
// A response is stored as it came: a TimeStampResp in DER (section 2.4.2), of at
// most [MaxSize] bytes.
//
//	TimeStampResp  status, token
//	 token         CMS SignedData, version 3, of exactly one signer
//	  eContent     TSTInfo: policy, imprint, serial number, genTime, accuracy,
//	               ordering, nonce, name of the authority, extensions
//	  certificates the signer's, and what else of its chain was sent, at most 32
//	  signerInfo   digest and signature algorithm, signed attributes (content
//	               type, message digest, signing certificate), signature
//
// Nothing may follow it, every length is definite and minimal, and elements are
// nested at most 32 deep. The signer is named by issuer and serial number. A
// signature is RSA (PKCS #1 v1.5) or ECDSA over SHA-256, SHA-384 or SHA-512.
//
// # Trust
//
// Trust roots are the certificates of PEM files that somebody chose; those of
// the system play no part. Certificates are judged at genTime, so that a response
// still validates when they have expired. Revocation isn't looked up.
//
// # Renewal
//
// A response ages: its certificates expire, its algorithms weaken. Before they
// do, another response is obtained over the SHA-256 digest of the whole old one,
// which so is shown to have existed while it could not be forged (as in RFC 4998,
// section 5.2).
package tsa

// MaxSize is the most bytes that a response may have.
const MaxSize = 1 << 20
