//! Windows of text, and n-grams.

use crate::check::{Done, Verdict, answered, equal, refused, same};
use crate::oracle::{Ask, Tail};
use crate::source::Source;
use ndwindow::text::{Align, TokenWindows, Unit, ngrams};

pub(crate) fn run(s: &mut Source) -> Verdict {
    match s.below(3) {
        0 => grams(s),
        1 => tokens(s),
        _ => strings(s),
    }
}

type Ranges = Vec<(usize, std::ops::Range<usize>, std::ops::Range<usize>)>;

fn request(s: &mut Source) -> (TokenWindows, usize, usize, usize, Align) {
    let most = s.pick(&[12, 80]);
    let size = s.below(most);
    let reserved = s.pick(&[0, 0, 1, 3]);
    let align = s.pick(&[Align::Left, Align::Right, Align::Full]);
    let room = size.saturating_sub(reserved);
    let overlaps = s.flag();
    let number = s.below(room + 2);
    s.say(|| format!("size {size} reserved {reserved} {align:?} overlap {overlaps} {number}"));
    let windows = TokenWindows::new(size).reserve(reserved).align(align);
    let (windows, step) = match overlaps {
        true => (windows.overlap(number), room.wrapping_sub(number)),
        false => (windows.step(number), number),
    };
    (windows, size, room, step, align)
}

fn possible(size: usize, room: usize, step: usize) -> bool {
    size > 0 && room > 0 && step > 0 && step <= room
}

fn tokens(s: &mut Source) -> Verdict {
    let (windows, size, room, step, align) = request(s);
    let lengths: Vec<usize> = (0..s.below(4)).map(|_| s.below(60)).collect();
    s.say(|| format!("groups {lengths:?}"));
    let found = windows.plan_groups(&lengths);
    if !possible(size, room, step) {
        return refused("plan_groups", found, "numbers that do not fit");
    }
    let plan = answered("plan_groups", found)?;
    let expected = expected(&lengths, room, step, align);
    let all: Ranges = plan.iter().map(|w| (w.group, w.full, w.fresh)).collect();
    equal("windows of tokens", &all, &expected)?;
    let numbers = |list: &Ranges| list.iter().flat_map(|(g, a, b)| [*g, a.start, a.end, b.start, b.end]).collect();
    let (all, flat): (Vec<usize>, Vec<usize>) = (numbers(&all), numbers(&expected));
    same("windows of tokens", &all, &flat)?;
    equal("number of windows", &plan.len(), &expected.len())?;
    equal("tokens", &plan.tokens(), &lengths.iter().sum())?;
    let backwards: Ranges = plan.iter().rev().map(|w| (w.group, w.full, w.fresh)).collect();
    equal("windows backwards", &backwards, &expected.into_iter().rev().collect())?;
    Ok(Done::Same)
}

fn expected(lengths: &[usize], room: usize, step: usize, align: Align) -> Ranges {
    let (mut all, mut offset) = (Vec::new(), 0);
    for (group, &len) in lengths.iter().enumerate() {
        let tail = if align == Align::Full && len >= room { Tail::ShiftBack } else { Tail::Partial };
        let line = Ask { tail, ..Ask::new(len, room as i128, step as i128) }.lay().expect("a line");
        let mut ranges: Vec<_> =
            (0..line.count()).map(|i| line.start(i) as usize..(line.start(i) as usize + room).min(len)).collect();
        if align == Align::Right {
            ranges = ranges.into_iter().rev().map(|r| len - r.end..len - r.start).collect();
        }
        let mut covered = 0;
        for r in ranges {
            let fresh = covered..r.end;
            covered = r.end;
            all.push((group, offset + r.start..offset + r.end, offset + fresh.start..offset + fresh.end));
        }
        offset += len;
    }
    all
}

fn strings(s: &mut Source) -> Verdict {
    let (windows, size, room, step, align) = request(s);
    let mut dice = s.dice();
    let text: String = (0..s.below(60)).map(|_| ['a', 'é', '…', '🦀', ' ', '\u{301}'][dice.below(6)]).collect();
    let unit = s.pick(&[Unit::Chars, Unit::Bytes]);
    s.say(|| format!("{text:?} in {unit:?}"));
    let found = windows.over(&text, unit);
    if !possible(size, room, step) || (unit == Unit::Bytes && step < 7) {
        return refused("over", found, "numbers that do not fit");
    }
    let found = answered("over", found)?;
    let fresh: String = found.iter().map(|w| w.fresh).collect();
    equal("fresh parts together", &fresh, &text)?;
    if unit == Unit::Bytes {
        let fit = found.iter().all(|w| w.full.len() <= room && &text[w.bytes.clone()] == w.full);
        return equal("windows within their size", &fit, &true).map(|()| Done::Same);
    }
    let mut bounds: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    bounds.push(text.len());
    let expected: Vec<&str> = expected(&[bounds.len() - 1], room, step, align)
        .into_iter()
        .map(|(_, full, _)| &text[bounds[full.start]..bounds[full.end]])
        .collect();
    equal("windows of chars", &found.iter().map(|w| w.full).collect::<Vec<_>>(), &expected)?;
    Ok(Done::Same)
}

fn grams(s: &mut Source) -> Verdict {
    let items: Vec<usize> = (0..s.below(20)).collect();
    let lengths: Vec<usize> = (0..s.below(4)).map(|_| s.below(8)).collect();
    let padded = s.flag();
    s.say(|| format!("{} items by {lengths:?}, padded {padded}", items.len()));
    let found = ngrams(&items, &lengths, padded);
    if lengths.contains(&0) {
        return refused("ngrams", found.map(|_| ()), "a length of zero");
    }
    let found: Vec<Vec<usize>> =
        answered("ngrams", found)?.map(|g| g.padded_with(&777, &888).copied().collect()).collect();
    let mut expected = Vec::new();
    for &n in lengths.iter().filter(|_| !items.is_empty()) {
        let pad = if padded { n - 1 } else { 0 };
        let line: Vec<usize> = [vec![777; pad], items.clone(), vec![888; pad]].concat();
        expected.extend(line.windows(n).map(|w| w.to_vec()));
    }
    equal("ngrams", &found, &expected)?;
    Ok(Done::Same)
}
