// Clicks the button of a known consent banner: the one that refuses where the
// banner has it at hand, else the one that accepts. Returns what it clicked, or
// "". A click on the page, as a visitor's.
() => {
  const buttons = [
    // refuse
    "#onetrust-reject-all-handler", "#CybotCookiebotDialogBodyButtonDecline", "#didomi-notice-disagree-button",
    ".fc-cta-do-not-consent", "#gdpr-banner-decline", ".cky-btn-reject", ".iubenda-cs-reject-btn",
    ".cmplz-deny", ".klaro .cn-decline", ".osano-cm-denyAll", "#truste-consent-required", ".cc-deny",
    // accept
    "#onetrust-accept-btn-handler", "#CybotCookiebotDialogBodyLevelButtonLevelOptinAllowAll",
    "#didomi-notice-agree-button", ".fc-cta-consent", "#gdpr-banner-accept", ".cky-btn-accept",
    ".iubenda-cs-accept-btn", ".cmplz-accept", ".klaro .cm-btn-success", ".osano-cm-acceptAll",
    "#truste-consent-button", ".qc-cmp2-summary-buttons button[mode=primary]", ".cc-allow", ".cc-dismiss",
  ];
  for (const selector of buttons) {
    const button = document.querySelector(selector);
    if (button && button.getBoundingClientRect().width > 0) {
      button.click();
      return selector + " “" + (button.innerText || "").trim().slice(0, 80) + "”";
    }
  }
  return "";
}
