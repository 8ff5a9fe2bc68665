package listing

// The words are folded. They are looked for as whole words, in Chinese,
// Japanese and Thai anywhere.
var (
	relatedWords = newWordList(
		"similar", "related", "recommend", "recommended", "recommends", "recommendation", "recommendations", "recommender", "suggested",
		"suggestions", "sponsored", "upsell", "cross sell", "crosssell", "also like", "also viewed", "also bought", "recently viewed",
		"more from", "more items", "more like", "other items", "other ads", "other listings", "people also",
		"ähnliche", "ähnlich", "weitere anzeigen", "das könnte", "similaires", "vous aimerez", "recommandations", "autres annonces",
		"similares", "relacionados", "relacionadas", "recomendados", "otros anuncios", "simili", "correlati", "altri annunci",
		"vergelijkbare", "похожие", "рекомендуем", "рекомендации", "другие объявления", "podobne", "inne ogłoszenia", "benzer",
		"相似", "相关推荐", "为你推荐", "为您推荐", "猜你喜欢", "看了又看", "推荐", "推薦", "相關", "更多宝贝",
		"おすすめ", "関連", "この商品を見ている人", "추천", "비슷한", "관련 상품", "สินค้าที่คล้ายกัน", "แนะนำ", "tương tự", "gợi ý", "serupa", "rekomendasi",
	)
	sellerWords = newWordList(
		"seller", "seller's", "sellerinfo", "sellercard", "sellerbox", "sellername", "sellerprofile", "vendor", "merchant", "advertiser", "sold by", "shop name", "shopname", "shop info", "store name", "storename", "store info",
		"user info", "userinfo", "user card", "user profile", "userprofile", "member info", "verkäufer", "verkaeufer", "anbieter", "vendeur", "annonceur",
		"vendedor", "vendedora", "anunciante", "venditore", "inserzionista", "verkoper", "продавец", "продавца", "продавце", "sprzedawca", "sprzedający", "satıcı",
		"penjual", "卖家", "賣家", "店铺", "店鋪", "掌柜", "出品者", "ショップ情報", "판매자", "ผู้ขาย", "người bán",
	)
	notSeller = newWordList("best seller", "best sellers", "seller tools", "become", "sell", "vendor prefix")

	priceWords = newWordList(
		"price", "prices", "preis", "prix", "precio", "prezzo", "preço", "preco", "prijs", "цена", "cena", "fiyat", "harga",
		"価格", "价格", "價格", "价钱", "가격", "ราคา", "giá",
	)
	formerWords = newWordList(
		"old", "was", "former", "original", "strike", "striked", "strikethrough", "struck", "crossed", "list price", "before", "previous", "uvp", "rrp", "msrp", "compare",
		"shipping", "delivery", "postage", "installment", "instalment", "unit", "原价", "划线价", "定価",
	)
	descriptionWords = newWordList(
		"description", "desc", "descriptions", "beschreibung", "descripción", "descripcion", "descrizione", "descrição", "descricao", "omschrijving",
		"описание", "opis", "açıklama", "deskripsi", "宝贝描述", "商品描述", "商品详情", "詳情", "描述", "详情", "商品の説明", "商品説明", "상품 설명", "상품정보", "설명",
		"รายละเอียด", "mô tả",
	)
	locationWords = newWordList("location", "locality", "standort", "localisation", "localización", "ubicación", "ubicacion", "localização", "localizacao", "luogo", "местоположение", "lokalizacja", "lokasi", "所在地", "发货地", "地域", "지역")
	crumbWords    = newWordList("breadcrumb", "breadcrumbs", "crumb", "crumbs", "brotkrumen", "fil d'ariane", "migas", "パンくず", "面包屑")
	stockWords    = newWordList("availability", "stock", "sold", "item status", "soldout", "verfügbarkeit", "disponibilité", "disponibilidad", "наличие")
)

// labels says which fact a label introduces.
var labels = func() map[string]Name {
	all := map[string]Name{}
	for name, words := range labelWords {
		for _, w := range words {
			all[w] = name
		}
	}
	return all
}()

// labelWords are what pages write before a fact.
var labelWords = map[Name][]string{
	PriceFact: {
		"price", "asking price", "buy it now", "current bid", "current price", "preis", "sofortpreis", "prix", "precio", "prezzo", "preço", "prijs", "цена", "cena", "fiyat", "harga",
		"价格", "价钱", "售价", "现价", "一口价", "價格", "售價", "価格", "現在価格", "即決価格", "現在", "即決", "가격", "판매가", "ราคา", "giá", "giá bán",
	},
	Condition: {
		"condition", "item condition", "zustand", "état", "etat", "estado", "condición", "condizione", "condizioni", "stato", "staat", "conditie", "состояние", "stan", "durumu", "kondisi",
		"成色", "新旧程度", "新旧", "商品状态", "商品の状態", "状態", "상품상태", "상태", "สภาพ", "tình trạng",
	},
	Location: {
		"location", "item location", "located in", "item located in", "ships from", "artikelstandort", "standort", "ort", "lieu", "localisation", "ubicación", "localización", "localização", "localidade",
		"luogo", "località", "comune", "locatie", "plaats", "местоположение", "место осмотра", "город", "lokalizacja", "miejscowość", "konum", "lokasi",
		"所在地", "发货地", "宝贝所在地", "物品所在地", "商品所在地", "発送元の地域", "発送元", "지역", "거래지역", "거래희망장소", "ที่ตั้ง", "khu vực",
	},
	Posted: {
		"posted", "posted on", "date posted", "listed", "listed on", "date listed", "date added", "added", "published", "publication date", "online since", "ad created", "erstellt am", "eingestellt am", "anzeigendatum", "online seit",
		"publié le", "mise en ligne", "date de publication", "publicado", "publicado el", "publicado em", "fecha de publicación", "pubblicato", "pubblicato il", "geplaatst", "geplaatst op", "sinds",
		"опубликовано", "размещено", "дата размещения", "dodane", "dodano", "ilan tarihi", "diposting", "发布", "发布时间", "发布日期", "发布于", "上架时间", "刊登時間", "開始日時", "出品日", "등록일", "작성일", "วันที่ลงประกาศ", "ngày đăng",
	},
	Updated: {
		"updated", "last updated", "last update", "updated on", "modified", "last modified", "last edited", "zuletzt aktualisiert", "aktualisiert", "mis à jour", "mise à jour", "modifié le", "actualizado", "última actualización", "atualizado", "aggiornato",
		"ultimo aggiornamento", "bijgewerkt", "обновлено", "изменено", "zaktualizowano", "diperbarui", "更新", "更新时间", "更新日期", "最后更新", "最後更新", "更新日時", "수정일",
	},
	Ends: {
		"ends", "end date", "end time", "auction ends", "expires", "expiry date", "endet", "auktionsende", "fin", "fin de l'enchère", "finaliza", "termina", "scadenza", "окончание", "結束時間", "结束时间", "終了日時", "종료일",
	},
	Quantity: {
		"quantity", "qty", "quantity available", "available quantity", "items available", "in stock", "anzahl", "menge", "stückzahl", "quantité", "cantidad", "quantità", "quantidade", "aantal", "количество", "ilość", "jumlah", "stok",
		"数量", "库存", "數量", "庫存", "個数", "在庫数", "수량", "재고", "จำนวน", "số lượng",
	},
	AdvertID: {
		"item number", "item no", "item id", "ebay item number", "ad id", "ad number", "ad no", "advert id", "listing id", "listing number", "post id", "posting id", "reference", "ref", "anzeigennummer", "anzeigen-id", "artikelnummer",
		"numéro d'annonce", "n° d'annonce", "référence", "id del anuncio", "referencia", "código do anúncio", "id annuncio", "codice annuncio", "advertentienummer", "номер объявления", "объявление №", "id ogłoszenia", "ilan no", "id iklan",
		"商品编号", "宝贝编号", "编号", "货号", "商品id", "商品編號", "商品番号", "オークションid", "管理番号", "상품번호", "รหัสสินค้า", "mã tin",
	},
	Category: {
		"category", "categories", "kategorie", "rubrik", "catégorie", "categoría", "categoria", "categorie", "rubriek", "категория", "kategoria", "kategori", "分类", "类目", "類別", "分類", "カテゴリ", "カテゴリー", "카테고리", "หมวดหมู่", "danh mục",
	},
	SellerName: {
		"seller", "sold by", "posted by", "listed by", "verkäufer", "anbieter", "vendeur", "vendu par", "vendedor", "vendido por", "anunciante", "venditore", "venduto da", "verkoper", "продавец", "sprzedawca", "sprzedający", "satıcı", "penjual",
		"卖家", "賣家", "掌柜", "店铺", "出品者", "판매자", "ผู้ขาย", "người bán",
	},
	SellerJoined: {
		"joined", "member since", "on the site since", "registered", "registered since", "mitglied seit", "aktiv seit", "nutzer seit", "membre depuis", "inscrit depuis", "miembro desde", "membro desde", "membro dal", "iscritto dal", "su subito da", "lid sinds", "actief sinds",
		"на сайте с", "зарегистрирован", "na olx od", "w serwisie od", "bergabung", "注册时间", "加入时间", "注册于", "加入於", "入会日", "가입일", "เป็นสมาชิกตั้งแต่", "tham gia",
	},
	SellerID: {"seller id", "user id", "member id", "verkäufer-id", "卖家id", "会员名", "賣家帳號", "出品者id"},
	Language: {"language", "sprache", "langue", "idioma"},
}
