// Runs before a custom template: removes APIs that could send data out despite the Content-Security-Policy.

for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "RTCDataChannel", "RTCIceTransport"]) {
  delete globalThis[name];
}

// A prefetched page must not take the focus from the current task; sandbox.js reports when it is shown.
const { focus } = HTMLElement.prototype;
HTMLElement.prototype.focus = function guarded(options) {
  if (document.hasFocus()) focus.call(this, options);
};
document.addEventListener("gtcrowd-shown", () => (HTMLElement.prototype.focus = focus), { once: true });
