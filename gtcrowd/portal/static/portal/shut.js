// Before anything of a requester's own page runs: takes away what could talk to others past the page's policy.

for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "RTCDataChannel", "RTCIceTransport"]) {
  delete globalThis[name];
}
