"""Names as they are met in a British town; any likeness to a person is chance."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Community:
    """Names that go together, and the share of the households that bear them."""

    weight: int
    women: list[str]
    men: list[str]
    families: list[str]


def _names(text: str) -> list[str]:
    return text.split(", ")


COMMUNITIES = (
    Community(
        70,
        _names(
            "Olivia, Amelia, Emily, Sophie, Charlotte, Jessica, Lucy, Grace, Hannah, Megan, Rebecca, Laura, Emma, "
            "Katie, Sarah, Claire, Helen, Karen, Susan, Margaret, Patricia, Jean, Dorothy, Joan, Linda, Christine, "
            "Julie, Nicola, Victoria, Zoë, Chloë, Renée, Freya, Poppy, Daisy, Ruby, Evie, Isla, Florence, Elsie, Ivy, "
            "Rosie, Alice, Beth, Gemma, Kirsty"
        ),
        _names(
            "Oliver, George, Harry, Jack, Noah, Charlie, Thomas, James, William, Daniel, Matthew, Joshua, Luke, Adam, "
            "Ryan, Andrew, David, Paul, Mark, Stephen, Richard, Peter, John, Michael, Robert, Alan, Brian, Keith, "
            "Graham, Derek, Arthur, Alfie, Archie, Theo, Freddie, Oscar, Leo, Ethan, Callum, Lewis, Kieran, Gareth, "
            "Stuart, Colin, Neil, Ian"
        ),
        _names(
            "Smith, Jones, Taylor, Brown, Williams, Wilson, Johnson, Davies, Robinson, Wright, Thompson, Evans, "
            "Walker, White, Roberts, Green, Hall, Wood, Jackson, Clarke, Clark, Harris, Lewis, Scott, Cooper, King, "
            "Lee, Martin, Morris, Baker, Turner, Hill, Ward, Moore, Cook, Allen, Bell, Young, Mitchell, Anderson, "
            "Carter, Phillips, Richardson, Parker, Collins, Bennett, Hughes, Edwards, Stewart, Murphy, Rogers, Reed, "
            "Bailey, Kelly, Foster, Barnes, Webb, Simpson, Marshall, Owen, Ellis, Harvey, Mills, Palmer, Hunt, "
            "Pearson, Knight, Fletcher, Holmes, Matthews, Dixon, Fox, Gibson, Chapman, Lloyd, Butler, Booth, Russell, "
            "Hudson, Watts, Barker, Shaw, Gardner, Grant, Spencer, Payne, Holt, Sutton, Atkinson, Pickering, "
            "Hargreaves, Ashworth, Smith-Jones, Parry-Williams, Carr-Ellison"
        ),
    ),
    Community(
        8,
        _names("Aoife, Siobhán, Niamh, Róisín, Sinéad, Caoimhe, Orla, Mary, Bríd, Éabha"),
        _names("Seán, Conor, Pádraig, Eoin, Ciarán, Liam, Patrick, Declan, Tadhg, Séamus"),
        _names(
            "O'Brien, O'Connor, O'Neill, O'Sullivan, Ó Súilleabháin, Ní Dhomhnaill, Murphy, Byrne, Ryan, Doyle, "
            "McCarthy, Gallagher, Doherty, Kennedy, Lynch, Fitzgerald, O'Leary, Mac Giolla, Brennan, D'Arcy"
        ),
    ),
    Community(
        9,
        _names(
            "Priya, Anjali, Fatima, Aisha, Sana, Zara, Meera, Kavita, Nadia, Harpreet, Simran, Shabnam, Rukhsana, Deepa"
        ),
        _names("Mohammed, Imran, Raj, Amit, Bilal, Hassan, Sanjay, Gurpreet, Vikram, Usman, Tariq, Arjun, Ravi, Yusuf"),
        _names(
            "Patel, Khan, Singh, Ahmed, Hussain, Kaur, Begum, Shah, Ali, Sharma, Chowdhury, Malik, Iqbal, D'Souza, "
            "Gill, Desai, Rahman, Mistry"
        ),
    ),
    Community(
        5,
        _names("Agnieszka, Małgorzata, Katarzyna, Anna, Ewa, Zofia, Ioana, Zuzana, Jūratė, Žaneta"),
        _names("Łukasz, Paweł, Tomasz, Krzysztof, Jakub, Marek, Andrei, Ștefan, Jiří, Gintaras"),
        _names(
            "Kowalczyk, Wójcik, Wiśniewski, Nowak, Zając, Dąbrowski, Łuczak, Popescu, Ionescu, Dvořák, Novák, "
            "Kazlauskas"
        ),
    ),
    Community(
        4,
        _names("Ngozi, Chioma, Adaeze, Folake, Abena, Efua, Grace, Blessing, Shanice, Wanjiru"),
        _names("Emeka, Chidi, Kwame, Kofi, Tunde, Femi, Samuel, Emmanuel, Winston, Kamau"),
        _names("Okafor, Adeyemi, Nwosu, Mensah, Owusu, Boateng, Achebe, Campbell, Gordon, Mwangi, N'Diaye, Osei-Bonsu"),
    ),
    Community(
        4,
        _names("María, Inês, Céline, Anaïs, Ayşe, Ceren, Mei, Xiu, Linh, Søs, Leila, Yasmin, Chiara"),
        _names("José, João, François, Jérôme, Mehmet, Çağrı, Wei, Jun, Jürgen, Minh, Søren, Omar, Karim, Matteo"),
        _names(
            "García, Núñez, Gonçalves, Müller, Weiß, Yılmaz, Şahin, Chan, Wong, Nguyễn, Lefèvre, Sørensen, D'Angelo, "
            "van der Berg, Haddad, Björklund"
        ),
    ),
)
