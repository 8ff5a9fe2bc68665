package listing

import (
	"net/url"
	"testing"
)

func parse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestPlatforms(t *testing.T) {
	for _, tt := range []struct{ address, platform, advert string }{
		{"https://www.ebay.co.uk/itm/Old-Box/256712345678?x=1", "ebay", "256712345678"},
		{"https://www.ebay.de/itm/256712345678", "ebay", "256712345678"},
		{"https://www.ebay.com/sch/i.html?_nkw=bone", "ebay", ""},
		{"https://ebay.com.evil.example/itm/256712345678", "", ""},
		{"https://notebay.com/itm/256712345678", "", ""},
		{"https://m.facebook.com/marketplace/item/123456/", "facebook-marketplace", "123456"},
		{"https://www.facebook.com/groups/1/posts/2/", "facebook-marketplace", ""},
		{"https://www.instagram.com/shop_x/p/Cx_1-yZabcd/", "instagram", "Cx_1-yZabcd"},
		{"https://shop.tiktok.com/view/product/1729384756123456789?region=GB", "tiktok-shop", "1729384756123456789"},
		{"https://www.tiktok.com/@seller/video/7301234567890123456", "tiktok", "7301234567890123456"},
		{"https://2.taobao.com/item.htm?id=612345678901", "xianyu", "612345678901"},
		{"https://item.taobao.com/item.htm?spm=a.b&id=612345678901", "taobao", "612345678901"},
		{"https://shop123.taobao.com/?id=5", "taobao", ""},
		{"https://detail.tmall.com/item.htm?id=6123456", "tmall", "6123456"},
		{"https://detail.1688.com/offer/612345678901.html", "1688", "612345678901"},
		{"https://www.alibaba.com/product-detail/Bone-Handle_1600123456789.html", "alibaba", "1600123456789"},
		{"https://www.aliexpress.com/item/1005001234567890.html", "aliexpress", "1005001234567890"},
		{"https://item.jd.com/100012345678.html", "jd", "100012345678"},
		{"https://weibo.com/1234567890/Nabc12345", "weibo", "Nabc12345"},
		{"https://m.weibo.cn/detail/4961234567890123", "weibo", "4961234567890123"},
		{"https://www.olx.ua/d/uk/obyavlenie/statuetka-IDTx3Yz.html", "olx", "Tx3Yz"},
		{"https://www.olx.in/item/antique-iid-1789012345", "olx", "1789012345"},
		{"https://sp.olx.com.br/sao-paulo/antiguidades/estatua-1234567890", "olx", "1234567890"},
		{"https://www.gumtree.com/p/antiques/carved-box/1456789012", "gumtree", "1456789012"},
		{"https://www.gumtree.com.au/s-ad/perth/antiques/carved-box/1312345678", "gumtree", "1312345678"},
		{"https://www.kijiji.ca/v-art-collectibles/city-of-toronto/carving/1678901234", "kijiji", "1678901234"},
		{"https://jp.mercari.com/item/m12345678901", "mercari", "m12345678901"},
		{"https://www.mercari.com/us/item/m12345678901/", "mercari", "m12345678901"},
		{"https://page.auctions.yahoo.co.jp/jp/auction/x1098765432", "yahoo-auctions", "x1098765432"},
		{"https://tw.bid.yahoo.com/item/%E8%88%8A-100123456789", "yahoo-auctions-tw", "100123456789"},
		{"https://item.rakuten.co.jp/kotto-ya/10001234/", "rakuten", "kotto-ya/10001234"},
		{"https://www.carousell.sg/p/bangle-1234567890/?t-id=1", "carousell", "1234567890"},
		{"https://shopee.vn/T%C6%B0%E1%BB%A3ng-i.123.456789", "shopee", "456789"},
		{"https://www.lazada.com.my/products/gelang-i1234567-s7654321.html", "lazada", "1234567"},
		{"https://bangkok.craigslist.org/atq/d/old-box/7712345678.html", "craigslist", "7712345678"},
		{"https://www.vinted.fr/items/3456789012-bague", "vinted", "3456789012"},
		{"https://vk.com/market?w=product-123456_789", "vk", "-123456_789"},
		{"https://vk.com/wall-123456_789", "vk", "-123456_789"},
		{"https://articulo.mercadolibre.com.ar/MLA-1234567890-caja-_JM", "mercadolibre", "MLA-1234567890"},
		{"https://www.sahibinden.com/ilan/antika-kutu-1123456789/detay", "sahibinden", "1123456789"},
		{"http://127.0.0.1:8080/listing/4711", "", ""},
	} {
		s := readSite(parse(t, tt.address))
		if s.platform != tt.platform || s.advert != tt.advert {
			t.Errorf("%s: got %q %q, want %q %q", tt.address, s.platform, s.advert, tt.platform, tt.advert)
		}
	}
}

func TestPlatformTable(t *testing.T) {
	seen := map[string]string{}
	for _, p := range platformTable {
		for host := range set(p.hosts) {
			if other, known := seen[host]; known {
				t.Errorf("%s belongs to %s and %s", host, other, p.name)
			}
			seen[host] = p.name
			if found := findPlatform("a." + host); found == nil || found.name != p.name {
				t.Errorf("a.%s: not found as %s", host, p.name)
			}
		}
		if len(p.adverts) == 0 {
			t.Errorf("%s has no pattern", p.name)
		}
	}
}

func TestCountry(t *testing.T) {
	for _, tt := range []struct{ address, country string }{
		{"https://x.co.uk/", "GB"}, {"https://x.jp/", "JP"}, {"https://x.com/", ""}, {"https://x.io/", ""},
		{"https://www.goofish.com/item?id=1", "CN"}, {"http://127.0.0.1/", ""}, {"http://[::1]/", ""},
	} {
		if got := readSite(parse(t, tt.address)).country; got != tt.country {
			t.Errorf("%s: got %q, want %q", tt.address, got, tt.country)
		}
	}
}

func TestPageKeys(t *testing.T) {
	const page = "https://www.shop.example/item?id=7&ref=a"
	for _, tt := range []struct {
		other string
		same  bool
	}{
		{"http://shop.example/item/?ref=b&id=7#top", true},
		{"https://m.shop.example/item?id=7", true},
		{"https://www.shop.example/item?id=8", false},
		{"https://www.shop.example/item", false},
		{"https://other.example/item?id=7", false},
		{"https://www.shop.example/items?id=7", false},
	} {
		if got := pageKey(parse(t, page)) == pageKey(parse(t, tt.other)); got != tt.same {
			t.Errorf("%s: got same %v, want %v", tt.other, got, tt.same)
		}
	}
}
