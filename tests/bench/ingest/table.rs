//! One setting's figures, as a table in Markdown.

use std::fmt;

use crate::contender::Contender;
use crate::load::Load;
use crate::turn::Turn;

/// Turns by contender.
pub(crate) struct Table {
    title: String,
    rows: Vec<(&'static str, Vec<Turn>)>,
}

impl Table {
    pub(crate) fn new(load: &Load, associations: usize, contenders: &[Contender]) -> Self {
        let title = format!("{} KiB, {associations} associations", load.bytes() >> 10);
        Self { title, rows: contenders.iter().map(|each| (each.name, Vec::new())).collect() }
    }

    pub(crate) fn add(&mut self, at: usize, turn: Turn) {
        if let Some((_, turns)) = self.rows.get_mut(at) {
            turns.push(turn);
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n| {} | objects/s | MB/s | CPU s/GB | peak MiB | Lightcase to it |",
            self.title
        )?;
        writeln!(f, "|---|---|---|---|---|---|")?;
        let rate = |turn: &Turn| number(turn.objects) / turn.elapsed.as_secs_f64();
        let ours = self.rows.first().and_then(|(_, turns)| median(turns, |turn| Some(rate(turn))));
        for (name, turns) in &self.rows {
            let objects = median(turns, |turn| Some(rate(turn)));
            let bytes =
                median(turns, |turn| Some(number(turn.bytes) / turn.elapsed.as_secs_f64() / 1e6));
            let cost = median(turns, |turn| Some(turn.processor? / number(turn.bytes) * 1e9));
            let peak = median(turns, |turn| turn.peak);
            let ratio = ours.zip(objects).map(|(ours, its)| ours / its);
            let cells = [(objects, 0), (bytes, 0), (cost, 1), (peak, 0), (ratio, 2)];
            write!(f, "| {name} |")?;
            for (value, digits) in cells {
                match value {
                    Some(value) => write!(f, " {value:.digits$} |")?,
                    None => write!(f, " |")?,
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// The middle of what a turn says of itself; `None` where it says nothing.
fn median(turns: &[Turn], of: impl Fn(&Turn) -> Option<f64>) -> Option<f64> {
    let mut values: Vec<f64> = turns.iter().filter_map(of).collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
