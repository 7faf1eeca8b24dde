//! Units as the Unified Code for Units of Measure spells them, case-sensitive.

/// Whether a text is a unit, and leaves no room for anything else: symbols of the tables, exponents and
/// small factors, and annotations that PS3.16 and devices write. `is_name` says of a symbol, in small
/// letters, that the object names somebody so.
pub(super) fn is_unit(text: &str, is_name: impl Fn(&str) -> bool) -> bool {
    /// Of Code Value (0008,0100), a Short String.
    const LONGEST: usize = 16;
    /// Digits of factors and exponents together: more may be the number of a record.
    const MOST_DIGITS: usize = 5;
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let mut parser = Parser { rest: text, open: 0 };
    text.len() <= LONGEST && digits <= MOST_DIGITS && parser.is_term(&is_name) && parser.open == 0
}

struct Parser<'a> {
    rest: &'a str,
    /// Parentheses that are not closed.
    open: usize,
}

impl Parser<'_> {
    /// Components with operators between them, up to the end. A solidus may stand before the first.
    fn is_term(&mut self, is_name: &impl Fn(&str) -> bool) -> bool {
        self.takes('/');
        loop {
            while self.takes('(') {
                self.open += 1;
                self.takes('/');
            }
            if !self.is_component(is_name) {
                return false;
            }
            while self.open > 0 && self.takes(')') {
                self.open -= 1;
            }
            if self.rest.is_empty() {
                return true;
            }
            if !self.takes('.') && !self.takes('/') {
                return false;
            }
        }
    }

    fn takes(&mut self, character: char) -> bool {
        let rest = self.rest.strip_prefix(character);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// A factor, a power of ten or a symbol with its exponent, with an annotation behind it or, as old
    /// editions of PS3.16 have it, before it; or an annotation alone.
    fn is_component(&mut self, is_name: &impl Fn(&str) -> bool) -> bool {
        let Some(before) = self.annotation() else { return false };
        let end = end_of_symbol(self.rest);
        let (symbol, rest) = self.rest.split_at_checked(end).unwrap_or_default();
        self.rest = rest;
        let is_one =
            if symbol.is_empty() { before } else { is_factor(symbol) || is_power(symbol, is_name) };
        is_one && (before || self.annotation().is_some())
    }

    /// Takes an annotation; whether there was one, and `None` if it is not known.
    fn annotation(&mut self) -> Option<bool> {
        if !self.takes('{') {
            return Some(false);
        }
        let (name, rest) = self.rest.split_once('}')?;
        self.rest = rest;
        has(ANNOTATIONS, name).then_some(true)
    }
}

/// Where the operator, parenthesis or annotation begins that ends a symbol. Those in brackets are part of it.
fn end_of_symbol(text: &str) -> usize {
    let mut inside = false;
    let ends = |byte: u8| {
        match byte {
            b'[' => inside = true,
            b']' => inside = false,
            _ => {}
        }
        !inside && matches!(byte, b'.' | b'/' | b'(' | b')' | b'{')
    };
    text.bytes().position(ends).unwrap_or(text.len())
}

fn is_factor(text: &str) -> bool {
    const LONGEST: usize = 4;
    text.len() <= LONGEST
        && !text.starts_with('0')
        && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is a symbol with or without an exponent.
fn is_power(text: &str, is_name: &impl Fn(&str) -> bool) -> bool {
    const LONGEST: usize = 2;
    let symbol = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let exponent = text.len() - symbol.len();
    if exponent == 0 {
        return is_symbol(symbol, is_name);
    }
    let unsigned = symbol.strip_suffix(['+', '-']).unwrap_or(symbol);
    exponent <= LONGEST && (matches!(unsigned, "10*" | "10^") || is_symbol(unsigned, is_name))
}

fn is_symbol(text: &str, is_name: &impl Fn(&str) -> bool) -> bool {
    let is_metric = |symbol: &str| has(METRIC, symbol);
    let is_prefixed =
        || PREFIXES.split(' ').any(|prefix| text.strip_prefix(prefix).is_some_and(is_metric));
    (is_metric(text) || has(OTHER, text) || is_prefixed()) && !is_name(&text.to_ascii_lowercase())
}

/// Whether a word stands in a list.
fn has(list: &str, word: &str) -> bool {
    list.split(' ').any(|each| each == word)
}

const PREFIXES: &str = "\
    Y Z E P T G M k h da d c m u n p f a z y Ki Mi Gi Ti";

/// Units that take prefixes.
const METRIC: &str = "\
    m s g rad K C cd mol sr Hz N Pa J W A V F Ohm S Wb Cel T H lm lx Bq Gy Sv l L ar t bar u eV pc \
    [c] [h] [k] [eps_0] [mu_0] [e] [m_e] [m_p] [G] [g] [ly] gf Ky Gal dyn erg P Bi St Mx G Oe Gb \
    sb Lmb ph Ci R RAD REM cal_[15] cal_[20] cal_m cal_IT cal_th cal tex m[H2O] m[Hg] eq osm g% \
    kat U [IU] Np B B[SPL] B[V] B[mV] B[uV] B[10.nV] B[W] B[kW] st b mho bit By Bd";

/// Those that take none.
const OTHER: &str = "\
    10* 10^ [pi] % [ppth] [ppm] [ppb] [pptr] gon deg ' '' min h d a_t a_j a_g a wk mo_s mo_j mo_g \
    mo AU [lbf_av] [in_i] [ft_i] [yd_i] [mi_i] [nmi_i] [kn_i] [sin_i] [sft_i] [cin_i] [cft_i] \
    [mil_i] [cml_i] [gal_us] [qt_us] [pt_us] [foz_us] [tbs_us] [tsp_us] [cup_us] [foz_m] [cup_m] \
    [tsp_m] [tbs_m] [gr] [lb_av] [oz_av] [dr_av] [stone_av] [oz_m] [degF] [degR] [Cal] [Btu] [HP] \
    [den] [in_i'H2O] [in_i'Hg] [PRU] [wood'U] [diop] [p'diop] %[slope] [mesh_i] [Ch] [drp] \
    [hnsf'U] [MET] [pH] [S] [HPF] [LPF] [iU] [arb'U] [USP'U] [GPL'U] [MPL'U] [APL'U] [beth'U] \
    [anti'Xa'U] [todd'U] [dye'U] [smgy'U] [bdsk'U] [ka'U] [knk'U] [mclg'U] [tb'U] [CCID_50] \
    [TCID_50] [EID_50] [PFU] [FFU] [CFU] [IR] [BAU] [AU] [PNU] [Lf] [FEU] [ELU] [EU] Ao att [psi] \
    circ sph [car_m] [car_Au] bit_s";

/// What stands in braces, where text may be any: of PS3.16, and of waveforms and monitors.
const ANNOTATIONS: &str = "\
    # B.P. H.B. Hz MU SUVbsa SUVbw SUVibw SUVlbm beat beats breath breaths cell cells count counts \
    cycles events frame frames index percent pixel pixels propcounts pulse ratio resp samples \
    score temp total voxel voxels";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(is_unit(text, |symbol| symbol == "mar"), expected, "{text}");
    }

    #[test]
    fn units_are_those_of_the_tables() {
        for text in [
            "mm",
            "uV",
            "1",
            "%",
            "10*6/ml",
            "10*-3.mm2/s",
            "mGy.cm",
            "cm2/(kg.min)",
            "/min",
            "dB[mV]",
            "mm[Hg]",
            "{H.B.}/min",
            "g/ml{SUVbw}",
            "{SUVbw}g/ml",
            "[in_i]",
            "ml/(100.g)/min",
            "m-1",
            "kg.m+2.s-2",
            "{counts}",
            "10^3",
            "100",
            "B[10.nV]",
            "[iU]/l",
            "Cel",
            "''",
            "/(s.m)",
        ] {
            check(text, true);
        }
    }

    #[test]
    fn what_is_none_may_say_anything() {
        for text in [
            "",
            "Quillerby",
            "mmm",
            "{Quillerby}",
            "g/ml{Quillerby}",
            "{counts",
            "7731905",
            "773.190.5",
            "mm19760904",
            "m773",
            "mm.",
            "(mm",
            "mm)",
            "m m",
            "m//s",
            "[Quillerby]",
            "[in_i",
            "kmin",
            "10*7731905",
            "Mar",
            "mm{counts}{ratio}",
            "007",
            "g.g.g.g.g.g.g.g.g",
            "mm\u{e4}",
            "()",
            "-2",
        ] {
            check(text, false);
        }
    }
}
