// Looks for signs that the page is not what was wanted: a challenge, a block, a
// login, a listing that is gone, a banner that covers it. Returns what it found
// and why, in the page's own words. Changes nothing.
() => {
  const found = [];
  const text = (document.body?.innerText || "").slice(0, 20000);
  const visible = (element) => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return box.width > 1 && box.height > 1 && style.visibility !== "hidden" && style.display !== "none";
  };
  const first = (selector) => [...document.querySelectorAll(selector)].find(visible);
  const phrase = (code, pattern, within) => {
    const match = pattern.exec(within);
    if (match) found.push({ code, why: match[0].trim().slice(0, 200) });
    return Boolean(match);
  };
  const sign = (code, selectors) => {
    for (const selector of selectors) {
      if (first(selector)) {
        found.push({ code, why: selector });
        return true;
      }
    }
    return false;
  };
  // A page with much text of its own may well speak of logins and robots.
  const short = text.length < 2500;

  if (!sign("challenge_page", [
    "#challenge-running", "#challenge-stage", "#challenge-form", "#cf-challenge-running", "#px-captcha",
    "#captcha-box", "iframe[src*='captcha-delivery.com']", "iframe[src*='hcaptcha.com'][src*='challenge']",
    "#sec-cpt-if", "#baxia-dialog-content", "#nc_1_wrapper", ".geetest_panel_box",
  ]) && short) {
    phrase("challenge_page", /just a moment\.\.\.|checking your browser|verify(ing)? (that )?you are (a )?human|are you a robot|unusual traffic|press (&|and) hold|please enable (js|javascript) and (disable|cookies)[^.]*|pardon our interruption|请完成验证|拖动滑块|安全验证|访问过于频繁|ロボットではありません/i,
      document.title + "\n" + text);
  }
  if (short) {
    phrase("blocked_page", /access (to this page )?(has been |is )?denied|you have been blocked|request blocked|error 1020|403 forbidden|not available in your (country|region)|your ip( address)? (has been|is) (blocked|banned)|禁止访问|访问被拒绝/i,
      document.title + "\n" + text);
  }
  const password = first("input[type=password]");
  if (password && (short || /\/(log-?in|sign-?in|auth|passport|account\/login)\b/i.test(location.pathname))) {
    found.push({ code: "login_page", why: "a field for a password on a page with little else" });
  } else if (short) {
    phrase("login_page", /(log|sign) in to (continue|view|see)[^.\n]*|you must (be logged|log|sign) in[^.\n]*|请先登录|请登录后(查看|继续)[^。\n]*|ログインしてください/i, text);
  }
  phrase("item_removed", /this (listing|item|ad|advert|page|product|content)[^.\n]{0,40} (is|has been|was|has) (no longer available|ended|removed|deleted|expired|sold|unavailable)[^.\n]*|(listing|item|ad) (not found|no longer (exists|available))|the listing you('re| are) looking for[^.\n]*|宝贝不存在|商品(已)?(下架|失效|不存在)|该(商品|信息|帖子)已(被)?(删除|下架)[^。\n]*|お探しの商品[^。\n]*ありません|dieser? (artikel|anzeige)[^.\n]{0,30}nicht mehr[^.\n]*|cette annonce[^.\n]{0,30}(désactivée|n'est plus)[^.\n]*|este anuncio (ya no|no está|ha sido)[^.\n]*|объявление (снято|удалено)[^.\n]*/i,
    text.slice(0, 6000));

  const banner = "[id*=cookie i], [class*=cookie i], [id*=consent i], [class*=consent i], [id*=gdpr i], [class*=gdpr i], #onetrust-banner-sdk, #CybotCookiebotDialog, #usercentrics-root, #didomi-popup, .fc-consent-root, .qc-cmp2-container";
  const cover = [...document.querySelectorAll(banner)].find((element) => {
    const position = getComputedStyle(element).position;
    const box = element.getBoundingClientRect();
    return visible(element) && (position === "fixed" || position === "sticky" || position === "absolute") &&
      box.width * box.height > 0.05 * innerWidth * innerHeight;
  });
  if (cover) found.push({ code: "consent_banner", why: (cover.innerText || cover.id).trim().slice(0, 200) });
  return found;
}
