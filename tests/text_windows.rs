//! Windows of tokens and of text, n-grams: ranges that cover everything once, and never one window too many.
#![cfg(feature = "unicode")]

use ndwindow::Error;
use ndwindow::text::{Align, TokenWindow, TokenWindows, Unit, ngrams};
use proptest::prelude::*;

const ALIGNS: [Align; 3] = [Align::Left, Align::Right, Align::Full];

/// What has to hold of the windows of one document of tokens `from..to`.
fn check_document(windows: &[TokenWindow], from: usize, to: usize, room: usize, overlap: usize, align: Align) {
    if from == to {
        return assert!(windows.is_empty());
    }
    let (first, last) = (&windows[0], &windows[windows.len() - 1]);
    assert_eq!((first.full.start, last.full.end), (from, to));
    let mut covered = from;
    for w in windows {
        assert_eq!(w.fresh, covered..w.full.end, "fresh ranges partition the tokens");
        assert!(!w.fresh.is_empty(), "a window without anything fresh is redundant");
        assert!(w.full.len() <= room);
        covered = w.fresh.end;
    }
    for pair in windows.windows(2) {
        let shared = pair[0].full.end - pair[1].full.start;
        let end = align == Align::Full && &pair[1] == last;
        assert!(shared == overlap || (end && shared >= overlap), "{pair:?}");
    }
    let short = windows.iter().filter(|w| w.full.len() < room).count();
    match align {
        Align::Left => assert!(short == 0 || (short == 1 && last.full.len() < room)),
        Align::Right => assert!(short == 0 || (short == 1 && first.full.len() < room)),
        _ => assert!(short == 0 || windows.len() == 1),
    }
}

proptest! {
    #[test]
    fn windows_cover_every_token_once(
        lengths in proptest::collection::vec(0usize..60, 0..5), room in 1usize..20, reserved in 0usize..4,
        overlap in 0usize..20, which in 0usize..3,
    ) {
        let overlap = overlap % room;
        let request = TokenWindows::new(room + reserved).reserve(reserved).align(ALIGNS[which]);
        let plan = request.overlap(overlap).plan_groups(&lengths).unwrap();
        prop_assert_eq!(&plan, &request.step(room - overlap).plan_groups(&lengths).unwrap());
        let all: Vec<_> = plan.iter().collect();
        prop_assert_eq!((all.len(), plan.get(all.len())), (plan.len(), None));
        prop_assert_eq!(plan.tokens(), lengths.iter().sum::<usize>());
        let mut from = 0;
        for (g, &len) in lengths.iter().enumerate() {
            let mine: Vec<_> = all.iter().filter(|w| w.group == g).cloned().collect();
            check_document(&mine, from, from + len, room, overlap, ALIGNS[which]);
            from += len;
        }
    }

    #[test]
    fn windows_of_text_put_together_are_the_text(text in ".{0,80}", room in 1usize..30, overlap in 0usize..30) {
        let request = TokenWindows::new(room).overlap(overlap % room);
        for unit in [Unit::Chars, Unit::Graphemes, Unit::Words] {
            let windows = request.over(&text, unit).unwrap();
            let whole: String = windows.iter().map(|w| w.fresh).collect();
            prop_assert_eq!(&whole, &text);
            for w in windows.iter() {
                prop_assert_eq!(w.full, &text[w.bytes.clone()]);
                prop_assert!(w.full.ends_with(w.fresh));
                prop_assert!(unit != Unit::Chars || w.full.chars().count() <= room);
            }
        }
        let bytes = TokenWindows::new(room + 6).overlap(overlap % room);
        let windows = bytes.over(&text, Unit::Bytes).unwrap();
        let whole: String = windows.iter().map(|w| w.fresh).collect();
        prop_assert_eq!(&whole, &text);
        let all: Vec<_> = windows.iter().collect();
        prop_assert!(all.iter().all(|w| w.full.len() <= room + 6 && !w.fresh.is_empty()));
        for pair in all.windows(2) {
            prop_assert!(pair[0].bytes.end - pair[1].bytes.start >= overlap % room);
        }
    }

    #[test]
    fn n_grams_are_the_plain_loop(n in 0usize..12, lengths in proptest::collection::vec(1usize..15, 0..4)) {
        let items: Vec<usize> = (0..n).collect();
        let want: Vec<&[usize]> = lengths.iter().flat_map(|&l| items.windows(l)).collect();
        let got: Vec<&[usize]> = ngrams(&items, &lengths, false).unwrap().map(|g| g.items).collect();
        prop_assert_eq!(got, want);
        for &l in &lengths {
            let mut line = vec![&777; if n == 0 { 0 } else { l - 1 }];
            line.extend(&items);
            line.resize(line.len() + if n == 0 { 0 } else { l - 1 }, &888);
            let want: Vec<Vec<&usize>> = line.windows(l).map(|w| w.to_vec()).collect();
            let got: Vec<Vec<&usize>> =
                ngrams(&items, &[l], true).unwrap().map(|g| g.padded_with(&777, &888).collect()).collect();
            prop_assert_eq!(got, want);
        }
    }
}

#[test]
fn no_window_too_many() {
    // A sliding-window loop over 991 tokens with step 256 makes four of these, three of them inside the first.
    let plan = TokenWindows::new(1024).step(256).plan(991).unwrap();
    assert_eq!((plan.len(), plan.get(0).unwrap().full), (1, 0..991));
    assert_eq!(TokenWindows::new(1024).step(256).plan(1024).unwrap().len(), 1);
    assert_eq!(TokenWindows::new(1024).step(256).plan(1025).unwrap().len(), 2);
    assert!(TokenWindows::new(4).plan(0).unwrap().is_empty());
}

#[test]
fn the_three_alignments() {
    let full = |align| {
        let plan = TokenWindows::new(4).step(3).align(align).plan(9).unwrap();
        plan.iter().map(|w| (w.full, w.fresh)).collect::<Vec<_>>()
    };
    assert_eq!(full(Align::Left), [(0..4, 0..4), (3..7, 4..7), (6..9, 7..9)]);
    assert_eq!(full(Align::Right), [(0..3, 0..3), (2..6, 3..6), (5..9, 6..9)]);
    assert_eq!(full(Align::Full), [(0..4, 0..4), (3..7, 4..7), (5..9, 7..9)]);
}

#[test]
fn units_of_text() {
    let cut = |size, text, unit| {
        let windows = TokenWindows::new(size).over(text, unit).unwrap();
        (0..windows.len()).map(|i| windows.get(i).unwrap().full.to_string()).collect::<Vec<_>>()
    };
    let flags = "\u{1F1F3}\u{1F1F4}\u{1F1E9}\u{1F1EA}e\u{301}x";
    assert_eq!(cut(2, flags, Unit::Graphemes), ["\u{1F1F3}\u{1F1F4}\u{1F1E9}\u{1F1EA}", "e\u{301}x"]);
    assert_eq!(cut(2, flags, Unit::Chars).len(), 4);
    assert_eq!(cut(2, "  one, two; (three) four!", Unit::Words), ["  one, two; (", "three) four!"]);
    assert_eq!(cut(3, "... ---", Unit::Words), ["... ---"]);
    assert_eq!(cut(7, "ääääää", Unit::Bytes), ["äää", "äää"]);
    assert!(cut(7, "", Unit::Bytes).is_empty() && cut(7, "", Unit::Words).is_empty());
}

#[test]
fn bad_requests_are_refused_with_their_numbers() {
    let text = |r: TokenWindows| r.plan(10).unwrap_err().to_string();
    assert_eq!(
        text(TokenWindows::new(4).reserve(4)),
        "4 reserved slots leave no room in windows of 4: reserve fewer, or use larger windows"
    );
    assert_eq!(
        text(TokenWindows::new(8).reserve(2).overlap(6)),
        "an overlap of 6 is not below the 6 of a window: the next one would not move on"
    );
    assert_eq!(
        text(TokenWindows::new(8).reserve(2).step(7)),
        "a step of 7 leaves tokens out between windows of 6: step by 6 at most"
    );
    assert!(matches!(TokenWindows::new(0).plan(3), Err(Error::ZeroWindow { .. })));
    assert!(matches!(TokenWindows::new(3).step(0).plan(3), Err(Error::ZeroStep { .. })));
    assert!(matches!(TokenWindows::new(3).plan_groups(&[usize::MAX / 9; 6]), Err(Error::TooLarge { .. })));
    assert_eq!(
        TokenWindows::new(9).overlap(3).over("text", Unit::Bytes).unwrap_err().to_string(),
        "windows of 9 bytes that move on by 6 may cut a char: move on by at least 7, or count in chars"
    );
    assert!(matches!(ngrams(&[1, 2], &[1, 0], false).map(|_| ()), Err(Error::ZeroWindow { .. })));
    assert!(matches!(ngrams::<u8>(&[], &[0], true).map(|_| ()), Err(Error::ZeroWindow { .. })));
    assert!(matches!(ngrams(&[1], &[usize::MAX], true).map(|_| ()), Err(Error::SpanOverflow { .. })));
}
