//! Days of the Gregorian calendar, counted.

/// A date: year 1 to 9999, month 1 to 12, day of the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Date {
    pub(crate) year: i32,
    pub(crate) month: i32,
    pub(crate) day: i32,
}

impl Date {
    /// The date, if the calendar has it.
    pub(crate) fn new(year: i32, month: i32, day: i32) -> Option<Self> {
        let exists = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=month_length(year, month)).contains(&day);
        exists.then_some(Self { year, month, day })
    }

    /// So many days later, or earlier when negative; `None` beyond years 1 to 9999.
    pub(crate) fn plus(self, days: i32) -> Option<Self> {
        Self::of(self.number().checked_add(days)?)
    }

    /// Days since 1 March of year 0. Years are taken to begin in March, so that a leap day is the
    /// last day of its year and months before it have fixed lengths.
    fn number(self) -> i32 {
        let (year, month) = if self.month > 2 {
            (self.year, self.month - 3)
        } else {
            (self.year - 1, self.month + 9)
        };
        year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + self.day - 1
    }

    fn of(number: i32) -> Option<Self> {
        if number < 0 {
            return None;
        }
        let era = number / 146_097;
        let in_era = number % 146_097;
        let in_cycle = (in_era - in_era / 1_460 + in_era / 36_524 - in_era / 146_096) / 365;
        let year = in_cycle + era * 400;
        let in_year = in_era - (365 * in_cycle + in_cycle / 4 - in_cycle / 100);
        let month = (5 * in_year + 2) / 153;
        let day = in_year - (153 * month + 2) / 5 + 1;
        if month < 10 {
            Self::new(year, month + 3, day)
        } else {
            Self::new(year + 1, month - 9, day)
        }
    }
}

fn month_length(year: i32, month: i32) -> i32 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date as CivilDate, date};
    use proptest::prelude::*;

    use super::*;

    fn other(day: Date) -> CivilDate {
        date(
            day.year.try_into().unwrap(),
            day.month.try_into().unwrap(),
            day.day.try_into().unwrap(),
        )
    }

    #[test]
    fn every_day_of_the_calendar_follows_the_one_before() {
        let (mut day, mut theirs) = (Date::new(1, 1, 1).unwrap(), date(1, 1, 1));
        while let Some(next) = day.plus(1) {
            theirs = theirs.tomorrow().unwrap();
            assert_eq!(other(next), theirs);
            assert_eq!(next.plus(-1), Some(day));
            day = next;
        }
        assert_eq!(theirs, date(9999, 12, 31));
        assert_eq!(Date::new(1, 1, 1).unwrap().plus(-1), None);
    }

    proptest! {
        #[test]
        fn sums_are_those_of_another_calendar(year in 1..=9999, month in 0..=13, day in 0..=32, days in -4000..4000) {
            let theirs = CivilDate::new(i16::try_from(year).unwrap(), i8::try_from(month).unwrap(), i8::try_from(day).unwrap());
            let ours = Date::new(year, month, day);
            prop_assert_eq!(ours.is_some(), theirs.is_ok());
            if let (Some(ours), Ok(theirs)) = (ours, theirs) {
                let sum = theirs.checked_add(jiff::Span::new().days(days)).ok().filter(|date| date.year() > 0);
                prop_assert_eq!(ours.plus(days).map(other), sum);
            }
        }
    }
}
