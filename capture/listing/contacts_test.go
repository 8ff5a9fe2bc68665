package listing

import (
	"strings"
	"testing"
)

func TestContacts(t *testing.T) {
	for _, tt := range []struct {
		document string
		name     Name
		want     string
	}{
		{"<p>WeChat: lao_liao88</p>", WeChat, "lao_liao88"},
		{"<p>wechat ID lao_liao88</p>", WeChat, "lao_liao88"},
		{"<p>加微信laoliao88，谢谢</p>", WeChat, "laoliao88"},
		{"<p>微信号是：<b>laoliao88</b></p>", WeChat, "laoliao88"},
		{"<p>V信 13800138000</p>", WeChat, "13800138000"},
		{"<p>vx：laoliao88</p>", WeChat, "laoliao88"},
		{"<p>We take WeChat payment, wechat account needed</p>", WeChat, ""},
		{"<p>微信支付</p>", WeChat, ""},
		{"<p>QQ：12345678</p>", QQ, "12345678"},
		{"<p>WhatsApp me on +44 7700 900123</p>", WhatsApp, "+447700900123"},
		{"<p>WhatsApp: +44 7700 900123</p>", WhatsApp, "+447700900123"},
		{`<a href="https://wa.me/447700900123">chat</a>`, WhatsApp, "447700900123"},
		{`<a href="https://api.whatsapp.com/send?phone=447700900123&text=x">chat</a>`, WhatsApp, "447700900123"},
		{`<a href="https://wa.me/?text=share">share</a>`, WhatsApp, ""},
		{"<p>Telegram: @old_lantern</p>", Telegram, "old_lantern"},
		{`<a href="https://t.me/old_lantern">t</a>`, Telegram, "old_lantern"},
		{`<a href="https://t.me/share/url?url=x">t</a><a href="https://t.me/share?url=x">t</a>`, Telegram, ""},
		{"<p>LINE ID: somchai99</p>", Line, "somchai99"},
		{"<p>ไลน์: @shop99</p>", Line, "@shop99"},
		{"<p>online: yes; fine line: thin99</p>", Line, ""},
		{`<a href="https://line.me/ti/p/~somchai99">l</a>`, Line, "somchai99"},
		{"<p>Tel. (030) 123 45 67</p>", Phone, "0301234567"},
		{"<p>电话：138-0013-8000</p>", Phone, "13800138000"},
		{`<a href="tel:+49301234567">call</a>`, Phone, "+49301234567"},
		{"<p>+49 30 1234567</p>", Phone, "+49301234567"},
		{"<p>hotel 1234567, item 2026-11-12</p>", Phone, ""},
		{"<p>write to anna.k@post.example, please</p>", Email, "anna.k@post.example"},
		{`<a href="mailto:Anna@Post.Example?subject=x">mail</a>`, Email, "anna@post.example"},
		{`<a href="mailto:?subject=share">mail</a><p>icon@2x.p</p>`, Email, ""},
		{"<footer>Tel. 030 1234567</footer>", Phone, ""},
		{`<div class="recommended">Tel. 030 1234567</div>`, Phone, ""},
		{"<p hidden>Tel. 030 1234567</p>", Phone, ""},
	} {
		f := extract(t, "https://shop.example/a", tt.document).Facts[tt.name]
		if got := strings.Join(f.Values, " "); got != tt.want {
			t.Errorf("%s: got %s %q, want %q", tt.document, tt.name, got, tt.want)
		}
	}
}

func TestContactsKeepWhatThePageHas(t *testing.T) {
	l, err := Extract(t.Context(), Page{
		Address:  "https://shop.example/a",
		Document: strings.NewReader("<p>喜欢的，微信：<b>ｌａｏｌｉａｏ８８</b>。</p>"),
		Text:     "喜欢的，微信：laoliao88。\n隐藏 QQ：７６５４３２１",
	})
	if err != nil {
		t.Fatal(err)
	}
	w := l.Facts[WeChat].Candidates
	if len(w) != 1 || w[0].Raw != "微信：ｌａｏｌｉａｏ８８" || w[0].Value != "laoliao88" || w[0].Where != "p" {
		t.Errorf("got %+v", w)
	}
	q := l.Facts[QQ].Candidates
	if len(q) != 1 || q[0].Source != FromText || q[0].Raw != "QQ：７６５４３２１" || q[0].Where != "20" {
		t.Errorf("got %+v", q)
	}
}
