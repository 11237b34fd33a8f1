/* Signed out: an answer of 401 tells the page that its session ended, in this tab or in another one.

   In:  the answers to everything that the page asks; a press on a[data-sign-in].
   Out: the event dashboard:signed-out, once, and data-signed-out on <html>, which shows the link that leads to signing
        in and back to this very view. */
(function () {
  "use strict";

  const SIGNED_OUT = 401;
  const root = document.documentElement;
  const plainFetch = window.fetch;

  window.fetch = async function (...asked) {
    const answer = await plainFetch.apply(this, asked);
    if (answer.status === SIGNED_OUT && !("signedOut" in root.dataset)) {
      root.dataset.signedOut = "";
      document.dispatchEvent(new CustomEvent("dashboard:signed-out"));
    }
    return answer;
  };

  /* The address as it is when it is pressed: it has the view. */
  window.dashboard.onPress("a[data-sign-in]", (link) => (link.href = window.location.href));
})();
