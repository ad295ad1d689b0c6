// Before anything of a requester's own page runs: takes away what could talk to others past the page's policy.

for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "RTCDataChannel", "RTCIceTransport"]) {
  delete globalThis[name];
}

// Nor may it take the keyboard from the task before it while it is fetched in advance; frame.js says when it is shown.
const { focus } = HTMLElement.prototype;
HTMLElement.prototype.focus = function guarded(options) {
  if (document.hasFocus()) focus.call(this, options);
};
document.addEventListener("gtcrowd-shown", () => (HTMLElement.prototype.focus = focus), { once: true });
