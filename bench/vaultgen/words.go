package vaultgen

import "pugmark/evidence"

// operations are what cases are about.
var operations = []evidence.Case{
	{Title: "Ivory bangles, coastal sellers", Authority: "Warrant 118/26", Purpose: "Identify the sellers"},
	{Title: "Live parrots by post", Purpose: "Find the source of the birds"},
	{Title: "Pangolin scales in traditional medicine", Authority: "Warrant 131/26"},
	{Title: "Big cat teeth and claws", Purpose: "Link the sellers' accounts"},
	{Title: "Tortoises, airport seizures", Authority: "Customs file 26/4471"},
	{Title: "Rosewood carvings", Purpose: "Survey"},
	{Title: "Helmeted hornbill casques", Authority: "Warrant 140/26"},
	{Title: "Shahtoosh shawls", Purpose: "Survey"},
}

// market is a marketplace and how it speaks. The title and the text take what is
// sold and a price.
type market struct {
	host, path, lang string // the path takes the advert's number
	name, currency   string
	things           []string
	text             string
}

var markets = []market{
	{"www.osier-row.example", "/listing/%d", "en", "Osier Row", "USD",
		[]string{"Old carved pendant, yellow material, family cabinet", "Vintage bangle, not plastic, heavy", "Antique netsuke, rabbit, signed", "Faux bone beads, 108, aged"},
		"%s. Bought by my grandfather before 1970, no papers. %s, posted worldwide in plain wrapping. Ask for more pictures."},
	{"item.jishi.example", "/detail/%d.htm", "zh-CN", "集市", "CNY",
		[]string{"老料手镯 牛骨 黄料 包浆厚", "文玩手串 108颗 高油密", "老雕件 莲花挂件 传家", "血牙无事牌 干磨"},
		"%s。家传老物件,支持鉴定。价格 %s,可小刀,加微信看细节图。"},
	{"chotot.example", "/mua-ban/%d", "vi", "Chợ Mới", "VND",
		[]string{"Vòng tay ngà cổ, màu vàng", "Nanh hổ bọc bạc, hàng gia truyền", "Vảy tê tê khô loại một", "Vẹt xám châu Phi biết nói"},
		"%s. Hàng thật, giá %s, giao toàn quốc. Liên hệ Zalo."},
	{"talad.example", "/p/%d", "th", "ตลาดนัด", "THB",
		[]string{"กำไลงาแกะ ของเก่าเก็บ", "เขี้ยวเสือแกะ หลวงพ่อ", "นกแก้วมาคอว์ เชื่อง", "เต่าดาวอินเดีย ตัวเล็ก"},
		"%s ราคา %s ส่งฟรีทั่วประเทศ ทักไลน์ได้เลย"},
	{"jualbeli.example", "/iklan/%d", "id", "Jual Beli", "IDR",
		[]string{"Gading ukir antik, warisan keluarga", "Burung kakatua jambul kuning jinak", "Kulit trenggiling kering", "Paruh rangkong asli"},
		"%s. Barang lama, harga %s, bisa kirim. Hubungi WhatsApp."},
	{"souk.example", "/ad/%d", "ar", "السوق", "AED",
		[]string{"سبحة عاج قديمة", "ببغاء كاسكو متكلم", "صقر حر فرخ", "جلد نمر قديم"},
		"%s. السعر %s، التوصيل متوفر. للتواصل واتساب."},
	{"mercado.example", "/anuncio/%d", "es", "Mercado Libre de Pulgas", "MXN",
		[]string{"Collar antiguo de hueso amarillo", "Guacamaya roja mansa", "Tortuga de tierra, pareja", "Colmillo tallado de la abuela"},
		"%s. Precio %s, envío incluido. Sólo gente seria."},
	{"baraholka.example", "/item_%d", "ru", "Барахолка", "RUB",
		[]string{"Старинный браслет, кость, пожелтевший", "Попугай жако, говорящий", "Клык, оправа серебро", "Балобан, слёток"},
		"%s. Цена %s, отправлю почтой. Торг при встрече."},
	{"bazaar.example", "/ad/%d", "hi", "बाज़ार", "INR",
		[]string{"पुराना हाथीदांत का कंगन", "तारा कछुआ जोड़ा", "बोलने वाला तोता", "शहतूश शॉल, असली"},
		"%s। दाम %s, पूरे भारत में डिलीवरी।"},
}

// problems are what partial captures lack.
var problems = []evidence.Problem{
	{Code: "http_status", Detail: "The server answered with status 403."},
	{Code: "body", Detail: "The body of a response could not be had.", URL: "https://cdn.example/p/large.jpg"},
	{Code: "not_settled", Detail: "The page was still loading when its time was up."},
}
